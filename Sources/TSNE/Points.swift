/// Points in a space of many dimensions, `[point, dimension]`, finite.
public struct Points: Sendable {
  public let count: Int
  /// The length of a point.
  public let dimension: Int
  /// Row-major.
  public let values: [Float]

  public init(count: Int, dimension: Int, values: [Float]) throws(TSNEError) {
    guard count > 0, dimension > 0 else { throw .emptyPoints }
    guard values.count == count * dimension else {
      throw .wrongCount(expected: count * dimension, got: values.count)
    }
    if let place = values.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(
        point: place / dimension, column: place % dimension, value: values[place])
    }
    self.count = count
    self.dimension = dimension
    self.values = values
  }

  /// One point.
  subscript(_ point: Int) -> ArraySlice<Float> {
    values[point * dimension..<(point + 1) * dimension]
  }

  /// Every point divided by its norm; a zero is an error.
  public func normalised() throws(TSNEError) -> Points {
    var scaled = values
    for point in 0..<count {
      let range = point * dimension..<(point + 1) * dimension
      let length = values[range].reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      guard length > 0 else { throw .zeroPoint(point: point) }
      for place in range { scaled[place] = Float(Double(values[place]) / length) }
    }
    return try Points(count: count, dimension: dimension, values: scaled)
  }

  /// The points divided by the largest magnitude, whose squares float32 then holds.
  func rescaled() -> Points? {
    let largest = values.reduce(0) { max($0, abs($1)) }
    guard largest > 0 else { return nil }
    return try? Points(count: count, dimension: dimension, values: values.map { $0 / largest })
  }

  /// Whether no number is farther from the first point's than `tolerance`.
  func areAllEqual(within tolerance: Float) -> Bool {
    (1..<max(count, 1)).allSatisfy { point in
      zip(self[point], self[0]).allSatisfy { abs($0 - $1) <= tolerance }
    }
  }
}
