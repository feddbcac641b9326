import Workers

/// Affinities p_ij between all points, symmetric, adding up to 1.
package struct DenseAffinities: Sendable {
  private static let rowTile = 16

  package let count: Int
  /// Elements of a row; those beyond the points are 0.
  package let stride: Int
  /// [point, stride].
  package let values: Memory<Float>

  package init(_ distances: Distances, perplexity: Double, workers: WorkerTeam) {
    count = distances.points.count
    stride = (count + Layout.lanes - 1) / Layout.lanes * Layout.lanes
    values = Memory(count * stride, 0)
    fill(with: distances, workers)
    replaceByProbabilities(distances, PerplexitySearch(perplexity: perplexity), workers)
    symmetrise()
  }

  /// Squared distances in place of affinities.
  private func fill(with distances: Distances, _ workers: WorkerTeam) {
    let size = distances.scratchCount(queries: Self.rowTile)
    let scratch = Memory<Float>(workers.count * size, 0)
    workers.forEach(of: count, step: Self.rowTile) { lane, queries in
      distances.forEachBlock(queries: queries, scratch: scratch.base + lane * size) {
        block, blockStride, points in
        for (row, query) in queries.enumerated() {
          (values.base + query * stride + points.lowerBound)
            .update(from: block + row * blockStride, count: points.count)
        }
      }
    }
  }

  /// p_j|i in place of the distance from i to j, and 0 on the diagonal.
  private func replaceByProbabilities(
    _ distances: Distances, _ search: PerplexitySearch, _ workers: WorkerTeam
  ) {
    let rows = Memory<Double>(workers.count * count, 0)
    workers.forEach(of: count, step: Self.rowTile) { lane, queries in
      let row = UnsafeMutableBufferPointer(start: rows.base + lane * count, count: count - 1)
      for query in queries {
        let values = values.base + query * stride
        for place in row.indices {
          row[place] = distances.squared(values[place < query ? place : place + 1])
        }
        search.replaceByProbabilities(row)
        for place in row.indices { values[place < query ? place : place + 1] = Float(row[place]) }
        values[query] = 0
      }
    }
  }

  /// p_ij = (p_j|i + p_i|j) / 2 points.
  private func symmetrise() {
    let factor = 1 / (2 * Float(count))
    for row in 0..<count {
      for column in 0..<row {
        let value =
          (values[row * stride + column] + values[column * stride + row]) * factor
        values[row * stride + column] = value
        values[column * stride + row] = value
      }
    }
  }
}
