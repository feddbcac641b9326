/// The largest eigenvalue of a small symmetric matrix and its unit eigenvector.
///
/// Cyclic Jacobi rotations (Golub and Van Loan, "Matrix Computations", 8.5), which take the
/// off-diagonal entries to zero; the matrix must not be empty.
func leadingEigenvector(_ symmetric: [[Double]]) -> (value: Double, vector: [Double]) {
  var matrix = symmetric
  let count = matrix.count
  var vectors = (0..<count).map { row in (0..<count).map { $0 == row ? 1.0 : 0.0 } }
  let scale = matrix.reduce(0) { $1.reduce($0) { $0 + $1 * $1 } }
  for _ in 0..<50 where offDiagonal(matrix) > 1e-34 * scale {
    for row in 0..<count {
      for column in row + 1..<max(count, row + 1) {
        rotate(&matrix, &vectors, row, column)
      }
    }
  }
  let best = (0..<count).max { matrix[$0][$0] < matrix[$1][$1] } ?? 0
  return (matrix[best][best], vectors.map { $0[best] })
}

/// The sum of squares beside the diagonal.
private func offDiagonal(_ matrix: [[Double]]) -> Double {
  var sum = 0.0
  for row in matrix.indices {
    for column in matrix.indices where column != row {
      sum += matrix[row][column] * matrix[row][column]
    }
  }
  return sum
}

/// Makes the entry (p, q) zero by a rotation in the plane of both, of the smaller angle.
private func rotate(
  _ matrix: inout [[Double]], _ vectors: inout [[Double]], _ p: Int, _ q: Int
) {
  guard matrix[p][q] != 0 else { return }
  let slope = (matrix[q][q] - matrix[p][p]) / (2 * matrix[p][q])
  let tangent = (slope < 0 ? -1 : 1) / (abs(slope) + (slope * slope + 1).squareRoot())
  let cosine = 1 / (tangent * tangent + 1).squareRoot()
  let sine = tangent * cosine
  for row in matrix.indices {
    (matrix[row][p], matrix[row][q]) = turned(matrix[row][p], matrix[row][q], cosine, sine)
    (vectors[row][p], vectors[row][q]) = turned(vectors[row][p], vectors[row][q], cosine, sine)
  }
  for column in matrix.indices {
    (matrix[p][column], matrix[q][column]) = turned(
      matrix[p][column], matrix[q][column], cosine, sine)
  }
}

private func turned(_ x: Double, _ y: Double, _ cosine: Double, _ sine: Double) -> (Double, Double)
{
  (cosine * x - sine * y, sine * x + cosine * y)
}
