import Workers

/// Affinities p_ij between near neighbours, symmetric, adding up to 1; all others count as 0.
///
/// A point has 3 times the perplexity neighbours (van der Maaten, "Accelerating t-SNE using
/// tree-based algorithms", 2014), more where points are few, and those that it is a neighbour of.
package struct SparseAffinities: Sendable {
  private static let rowTile = 64
  /// Neighbours of all points together that cost little: what is left out of few points shows in
  /// the layout, up to 5 % of the divergence for 450 hidden states.
  private static let cheapEntries = 1_000_000

  package let count: Int
  /// [point + 1]: where its entries begin.
  package let offset: Memory<Int>
  /// [entry]: the other point, ascending for each point.
  package let column: Memory<UInt32>
  /// [entry]: p_ij.
  package let values: Memory<Float>

  package static func neighbours(perplexity: Double, count: Int) -> Int {
    min(count - 1, max(Int(3 * perplexity), cheapEntries / count))
  }

  package init(_ distances: Distances, perplexity: Double, workers: WorkerTeam) {
    let neighbours = Neighbours(
      distances, each: Self.neighbours(perplexity: perplexity, count: distances.points.count),
      workers: workers)
    let each = neighbours.each
    let search = PerplexitySearch(perplexity: perplexity)
    let rows = Memory<Double>(workers.count * each, 0)
    workers.forEach(of: distances.points.count, step: Self.rowTile) { lane, points in
      let row = UnsafeMutableBufferPointer(start: rows.base + lane * each, count: each)
      for point in points {
        let values = neighbours.distance.base + point * each
        for place in row.indices { row[place] = distances.squared(values[place]) }
        search.replaceByProbabilities(row)
        for place in row.indices { values[place] = Float(row[place]) }
      }
    }
    self.init(conditional: neighbours, count: distances.points.count)
  }

  /// p_ij = (p_j|i + p_i|j) / 2 points, from neighbours whose distances are probabilities by now.
  private init(conditional neighbours: Neighbours, count: Int) {
    let each = neighbours.each
    let transposed = Self.transposed(neighbours, count: count)
    offset = Memory(count + 1, 0)
    var column: [UInt32] = []
    var values: [Float] = []
    column.reserveCapacity(2 * count * each)
    values.reserveCapacity(2 * count * each)
    let factor = 1 / (2 * Float(count))
    for point in 0..<count {
      var (left, right) = (point * each, transposed.offset[point])
      let (leftEnd, rightEnd) = (left + each, transposed.offset[point + 1])
      while left < leftEnd || right < rightEnd {
        let own = left < leftEnd ? neighbours.index[left] : .max
        let other = right < rightEnd ? transposed.column[right] : .max
        var value: Float = 0
        if own <= other {
          value += neighbours.distance[left]
          left += 1
        }
        if other <= own {
          value += transposed.values[right]
          right += 1
        }
        column.append(min(own, other))
        values.append(value * factor)
      }
      offset[point + 1] = column.count
    }
    self.count = count
    self.column = Memory(column, filledTo: column.count, 0)
    self.values = Memory(values, filledTo: values.count, 0)
  }

  /// The matrix of neighbours by columns, rows ascending.
  private static func transposed(
    _ neighbours: Neighbours, count: Int
  ) -> (offset: [Int], column: [UInt32], values: [Float]) {
    var offset = [Int](repeating: 0, count: count + 1)
    let entries = count * neighbours.each
    for entry in 0..<entries { offset[Int(neighbours.index[entry]) + 1] += 1 }
    for point in 0..<count { offset[point + 1] += offset[point] }
    var next = offset
    var column = [UInt32](repeating: 0, count: entries)
    var values = [Float](repeating: 0, count: entries)
    for entry in 0..<entries {
      let target = Int(neighbours.index[entry])
      column[next[target]] = UInt32(entry / neighbours.each)
      values[next[target]] = neighbours.distance[entry]
      next[target] += 1
    }
    return (offset, column, values)
  }
}
