/// The first principal component of rows, `[row][column]` to `[column]`, of unit length.
///
/// It is the direction with the largest sum of squared projections of the rows; with `centred`
/// their mean is subtracted first, as scikit-learn's `PCA` does. The sign is such that the mean of
/// the rows as they are given projects positively; where that mean is orthogonal to the direction
/// (to 1e-12 of its norm), the entry of largest magnitude is positive.
///
/// Everything runs in double precision and without random numbers, until the residual of the
/// eigenvalue equation is below 1e-12 of the eigenvalue. Where two directions carry the same
/// variance, either may come out, but always the same one.
///
/// - Returns: nil where no direction exists: no rows, or only zero rows (equal rows if centred).
/// - Complexity: O(rows · columns) per step; seldom more than a few dozen steps.
public func firstPrincipalComponent<Scalar: BinaryFloatingPoint>(
  of rows: [[Scalar]], centred: Bool
) -> [Double]? {
  guard let mean = mean(ofRows: rows) else { return nil }
  let exact = rows.map { row in centred ? difference(row, mean) : row.map { Double($0) } }
  guard let direction = KrylovIteration(rows: exact)?.leadingDirection() else { return nil }
  return isReversed(direction, mean: mean) ? direction.map { -$0 } : direction
}

private func isReversed(_ direction: [Double], mean: [Double]) -> Bool {
  let projection = dot(direction, mean)
  if abs(projection) > 1e-12 * norm(mean) { return projection < 0 }
  return (direction.max { abs($0) < abs($1) } ?? 0) < 0
}

/// Finds the leading eigenvector of X^T X by Rayleigh-Ritz on small Krylov spaces, restarted with
/// the best vector: as safe as power iteration, and much faster where eigenvalues lie close.
private struct KrylovIteration {
  private static let dimension = 24
  private static let tolerance = 1e-12
  private static let restarts = 500

  /// `[row][column]`, scaled so that the largest entry is 1: squares then stay in range.
  private let rows: [[Double]]
  private let width: Int

  init?(rows: [[Double]]) {
    let largest = rows.reduce(0) { $1.reduce($0) { max($0, abs($1)) } }
    guard largest > 0, let width = rows.first?.count else { return nil }
    self.rows = rows.map { row in row.map { $0 / largest } }
    self.width = width
  }

  func leadingDirection() -> [Double]? {
    // The longest row has a share of the leading direction unless the rows are made to prevent it;
    // the others then come in with the noise.
    var random = SplitMix64(seed: 0)
    let longest = rows.max { norm($0) < norm($1) } ?? []
    let noise = 1e-3 * norm(longest) / Double(width).squareRoot()
    var direction = longest.map { $0 + noise * (2 * random.unitInterval() - 1) }
    for _ in 0..<Self.restarts {
      guard let start = normalized(direction) else { return nil }
      let space = krylovSpace(from: start)
      let images = space.map(applied)
      let ritz = leadingEigenvector(space.map { left in images.map { dot(left, $0) } })
      direction = combination(of: space, ritz.vector)
      let image = combination(of: images, ritz.vector)
      let residual = zip(image, direction).map { $0 - ritz.value * $1 }
      if norm(residual) <= Self.tolerance * ritz.value { break }
    }
    return normalized(direction)
  }

  /// X^T X v.
  private func applied(_ vector: [Double]) -> [Double] {
    var sum = [Double](repeating: 0, count: width)
    for row in rows { add(dot(row, vector), times: row, to: &sum) }
    return sum
  }

  /// An orthonormal basis of v, X^T X v, (X^T X)^2 v, ...
  private func krylovSpace(from start: [Double]) -> [[Double]] {
    var basis = [start]
    while basis.count < min(Self.dimension, width) {
      var next = applied(basis[basis.count - 1])
      let before = norm(next)
      // Once more than enough in exact arithmetic: rounding leaves a remainder the first time.
      for _ in 0..<2 {
        for vector in basis { add(-dot(vector, next), times: vector, to: &next) }
      }
      guard norm(next) > 1e-13 * before, let unit = normalized(next) else { break }
      basis.append(unit)
    }
    return basis
  }

  private func combination(of vectors: [[Double]], _ weights: [Double]) -> [Double] {
    var sum = [Double](repeating: 0, count: width)
    for (vector, weight) in zip(vectors, weights) { add(weight, times: vector, to: &sum) }
    return sum
  }
}

private func add(_ factor: Double, times vector: [Double], to sum: inout [Double]) {
  for index in vector.indices { sum[index] += factor * vector[index] }
}
