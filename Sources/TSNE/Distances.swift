import CKernels

/// Squared distances between all points, a block of them at a time.
package struct Distances: Sendable {
  /// Points in a block; with the blocks of queries they stay in a core's cache.
  static let blockPoints = 1024

  package let points: Points
  private let metric: TSNEMetric
  private let panels: Memory<Float>
  private let panelCount: Int

  /// With the cosine metric, points must have norm 1.
  package init(_ points: Points, metric: TSNEMetric) {
    self.points = points
    self.metric = metric
    let size = Int(CK_PANEL)
    panelCount = (points.count + size - 1) / size
    panels = Memory(panelCount * size * points.dimension, 0)
    for point in 0..<points.count {
      let first = point / size * size * points.dimension + point % size
      for (column, value) in points[point].enumerated() { panels[first + column * size] = value }
    }
  }

  /// Room for the distances of some queries to a block.
  func scratchCount(queries: Int) -> Int { queries * Self.blockPoints }

  /// Hands `body` the squared distances of the queries to each block: [query, stride] and the points.
  func forEachBlock(
    queries: Range<Int>, scratch: UnsafeMutablePointer<Float>,
    _ body: (_ distances: UnsafePointer<Float>, _ stride: Int, _ points: Range<Int>) -> Void
  ) {
    let (size, width) = (Int(CK_PANEL), points.dimension)
    points.values.withUnsafeBufferPointer { values in
      guard let rows = values.baseAddress.map({ $0 + queries.lowerBound * width }) else { return }
      for first in stride(from: 0, to: panelCount, by: Self.blockPoints / size) {
        let count = min(Self.blockPoints / size, panelCount - first)
        ck_squared_distances(
          rows, queries.count, panels.base + first * size * width, count, width, scratch)
        let block = first * size..<min((first + count) * size, points.count)
        body(scratch, count * size, block)
      }
    }
  }

  /// What the kernel of the affinities takes for a squared distance: with the cosine metric the
  /// square of 1 - cos, which is a half of the squared distance of unit vectors.
  func squared(_ distance: Float) -> Double {
    switch metric {
    case .euclidean: return Double(distance)
    case .cosine:
      let half = Double(distance) / 2
      return half * half
    }
  }
}

extension Points {
  /// Squared distances between all points, `[point, point]`, in float32.
  ///
  /// - Complexity: O(points² · dimension).
  public func squaredDistances() -> [Float] {
    let distances = Distances(self, metric: .euclidean)
    let tile = 16
    let scratch = Memory<Float>(distances.scratchCount(queries: tile), 0)
    var result = [Float](repeating: 0, count: count * count)
    result.withUnsafeMutableBufferPointer { result in
      for first in stride(from: 0, to: count, by: tile) {
        let queries = first..<min(first + tile, count)
        distances.forEachBlock(queries: queries, scratch: scratch.base) { block, stride, points in
          for (row, query) in queries.enumerated() {
            for (place, point) in points.enumerated() {
              result[query * count + point] = block[row * stride + place]
            }
          }
        }
      }
    }
    return result
  }
}
