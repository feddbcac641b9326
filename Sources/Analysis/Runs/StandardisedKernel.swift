import TSNE

/// Inner products of states whose every dimension has mean 0 and deviation 1, over their number,
/// plus 1 for a bias.
///
/// Without it the few dimensions of a residual stream that are a hundred times as large as the
/// others would be all that a probe with a penalty sees.
struct StandardisedKernel {
  /// `[row, row]`.
  let values: [Double]
  /// `[row, dimension]`: (state - mean) · factor.
  let standardised: [Float]
  /// [dimension]; the factor of one without variance is 0.
  let means: [Double]
  let factors: [Double]

  init(_ states: Points, rows: [Int]) throws(TSNEError) {
    let count = rows.count
    (means, factors) = Self.moments(of: states, rows)
    standardised = Self.standardised(states, rows, means, factors)
    let points = try Points(count: count, dimension: states.dimension, values: standardised)
    let squares = points.squaredDistances()
    // Inner products of centred points from their distances: K = -J D² J / 2.
    let averages = (0..<count).map { row in
      squares[row * count..<(row + 1) * count].reduce(0.0) { $0 + Double($1) } / Double(count)
    }
    let average = averages.reduce(0, +) / Double(count)
    let scale = -0.5 / Double(states.dimension)
    values = (0..<count).flatMap { row in
      (0..<count).map { column in
        let square = Double(squares[row * count + column])
        return 1 + scale * (square - averages[row] - averages[column] + average)
      }
    }
  }

  private static func moments(
    of states: Points, _ rows: [Int]
  ) -> (means: [Double], factors: [Double]) {
    let (count, width) = (Double(rows.count), states.dimension)
    var sums = [Double](repeating: 0, count: width)
    var squares = sums
    for row in rows {
      for column in 0..<width { sums[column] += Double(states.values[row * width + column]) }
    }
    let means = sums.map { $0 / count }
    for row in rows {
      for column in 0..<width {
        let offset = Double(states.values[row * width + column]) - means[column]
        squares[column] += offset * offset
      }
    }
    // A dimension without variance tells nothing apart.
    return (means, squares.map { $0 > 0 ? 1 / ($0 / count).squareRoot() : 0 })
  }

  private static func standardised(
    _ states: Points, _ rows: [Int], _ means: [Double], _ factors: [Double]
  ) -> [Float] {
    let width = states.dimension
    return rows.flatMap { row in
      (0..<width).map { column in
        Float((Double(states.values[row * width + column]) - means[column]) * factors[column])
      }
    }
  }
}
