/// The sum of products of two vectors of equal length, added up in double precision.
@inlinable
public func dot<Left: BinaryFloatingPoint, Right: BinaryFloatingPoint>(
  _ left: [Left], _ right: [Right]
) -> Double {
  precondition(left.count == right.count, "vectors of different lengths")
  var sum = 0.0
  for index in left.indices { sum += Double(left[index]) * Double(right[index]) }
  return sum
}

/// The L2 norm, added up in double precision.
@inlinable
public func norm<Scalar: BinaryFloatingPoint>(_ vector: [Scalar]) -> Double {
  dot(vector, vector).squareRoot()
}

/// The cosine of the angle between two vectors, in -1...1; nil where one of them is zero.
@inlinable
public func cosine<Left: BinaryFloatingPoint, Right: BinaryFloatingPoint>(
  _ left: [Left], _ right: [Right]
) -> Double? {
  let length = norm(left) * norm(right)
  guard length > 0 else { return nil }
  return min(max(dot(left, right) / length, -1), 1)
}

/// The vector divided by its norm; nil where it is zero.
public func normalized(_ vector: [Double]) -> [Double]? {
  let length = norm(vector)
  return length > 0 ? vector.map { $0 / length } : nil
}

/// left - right, in double precision.
@inlinable
public func difference<Left: BinaryFloatingPoint, Right: BinaryFloatingPoint>(
  _ left: [Left], _ right: [Right]
) -> [Double] {
  precondition(left.count == right.count, "vectors of different lengths")
  return left.indices.map { Double(left[$0]) - Double(right[$0]) }
}

/// The mean of rows of equal length, `[row][column]` to `[column]`, added up in double precision;
/// nil where there are no rows.
@inlinable
public func mean<Scalar: BinaryFloatingPoint>(ofRows rows: [[Scalar]]) -> [Double]? {
  guard let width = rows.first?.count else { return nil }
  var sums = [Double](repeating: 0, count: width)
  for row in rows {
    precondition(row.count == width, "rows of different lengths")
    for column in row.indices { sums[column] += Double(row[column]) }
  }
  return sums.map { $0 / Double(rows.count) }
}
