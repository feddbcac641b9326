import CKernels

/// The product of two row-major matrices, [rows, inner] times [inner, columns].
///
/// Sums run in order of `inner`, so a row's result does not depend on the other rows.
public func product(
  _ left: [Double], _ right: [Double], rows: Int, inner: Int, columns: Int
) -> [Double] {
  precondition(left.count == rows * inner && right.count == inner * columns, "other shapes")
  var result = [Double](repeating: 0, count: rows * columns)
  result.withUnsafeMutableBufferPointer { result in
    right.withUnsafeBufferPointer { right in
      guard let to = result.baseAddress, let from = right.baseAddress else { return }
      for row in 0..<rows {
        for index in 0..<inner {
          ck_add_scaled_double(
            to + row * columns, from + index * columns, left[row * inner + index], columns)
        }
      }
    }
  }
  return result
}

/// The inverse of a symmetric positive definite matrix, [count, count].
///
/// The sweep operator on the lower triangle (Goodnight, "A tutorial on the SWEEP operator", 1979).
///
/// - Returns: nil where a pivot is not positive.
public func inverse(ofPositiveDefinite matrix: [Double], count: Int) -> [Double]? {
  precondition(matrix.count == count * count, "a square matrix")
  var result = matrix
  var column = [Double](repeating: 0, count: count)
  let isDefinite = result.withUnsafeMutableBufferPointer { a in
    column.withUnsafeMutableBufferPointer { column in
      guard let a = a.baseAddress, let column = column.baseAddress else { return false }
      return (0..<count).allSatisfy { sweep(a, column, pivot: $0, count: count) }
    }
  }
  guard isDefinite else { return nil }
  for row in 0..<count {
    for place in 0...row {
      let value = -result[row * count + place]
      result[row * count + place] = value
      result[place * count + row] = value
    }
  }
  return result
}

private func sweep(
  _ a: UnsafeMutablePointer<Double>, _ column: UnsafeMutablePointer<Double>, pivot: Int, count: Int
) -> Bool {
  let diagonal = a[pivot * count + pivot]
  guard diagonal > 0 else { return false }
  for row in 0..<count {
    column[row] = row < pivot ? a[pivot * count + row] : a[row * count + pivot]
  }
  for row in 0..<count where row != pivot {
    ck_add_scaled_double(a + row * count, column, -column[row] / diagonal, row + 1)
  }
  for row in 0..<count {
    let value = column[row] / diagonal
    if row < pivot { a[pivot * count + row] = value } else { a[row * count + pivot] = value }
  }
  a[pivot * count + pivot] = -1 / diagonal
  return true
}
