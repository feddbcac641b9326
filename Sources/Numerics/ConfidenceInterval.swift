/// The ends of an interval that is meant to hold an unknown number.
public struct ConfidenceInterval: Equatable, Sendable, Encodable {
  public var low: Double
  public var high: Double

  public init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }
}
