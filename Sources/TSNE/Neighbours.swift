import CKernels
import Workers

/// The nearest points of every point, found by looking at all of them.
///
/// - Complexity: O(points² · dimension).
package struct Neighbours: Sendable {
  private static let queryRows = 16

  /// Neighbours of a point.
  package let each: Int
  /// [point, neighbour], ascending by index.
  package let index: Memory<UInt32>
  /// [point, neighbour]: squared distances, as the affinities take them.
  package let distance: Memory<Float>

  package init(_ distances: Distances, each: Int, workers: WorkerTeam) {
    let count = distances.points.count
    precondition(each < count, "there are only \(count - 1) other points")
    self.each = each
    let index = Memory<UInt32>(count * each, 0)
    let distance = Memory<Float>(count * each, 0)
    (self.index, self.distance) = (index, distance)
    let size = distances.scratchCount(queries: Self.queryRows)
    let scratch = Memory<Float>(workers.count * size, 0)
    workers.forEach(of: count, step: Self.queryRows) { lane, queries in
      var nearest = queries.map { query in
        ck_nearest(
          distance: distance.base + query * each, index: index.base + query * each, count: 0,
          capacity: each)
      }
      distances.forEachBlock(queries: queries, scratch: scratch.base + lane * size) {
        block, stride, points in
        for (row, query) in queries.enumerated() {
          ck_offer(
            &nearest[row], block + row * stride, points.count, UInt32(points.lowerBound),
            UInt32(query))
        }
      }
      for query in queries { Self.sort(index.base, distance.base, from: query * each, count: each) }
    }
  }

  private static func sort(
    _ index: UnsafeMutablePointer<UInt32>, _ distance: UnsafeMutablePointer<Float>, from start: Int,
    count: Int
  ) {
    let sorted = (start..<start + count).map { (index[$0], distance[$0]) }.sorted { $0.0 < $1.0 }
    for (place, entry) in sorted.enumerated() {
      (index[start + place], distance[start + place]) = entry
    }
  }
}
