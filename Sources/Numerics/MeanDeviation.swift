/// The mean of numbers, and how far they lie from it.
public struct MeanDeviation: Equatable, Sendable, Encodable {
  public var mean: Double
  /// The sample's standard deviation, with n - 1; nil for a single number.
  public var deviation: Double?

  /// Takes both of finite numbers; nil where there are none.
  public init?(of numbers: [Double]) {
    guard !numbers.isEmpty else { return nil }
    let count = Double(numbers.count)
    let mean = numbers.reduce(0, +) / count
    self.mean = mean
    let squares = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    deviation = numbers.count > 1 ? (squares / (count - 1)).squareRoot() : nil
  }
}

extension Collection<Double> {
  /// The middle of finite numbers in order, or the mean of the two in the middle; nil where there are none.
  public var median: Double? {
    guard !isEmpty else { return nil }
    let ordered = sorted()
    let middle = ordered.count / 2
    return ordered.count % 2 == 1 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2
  }
}
