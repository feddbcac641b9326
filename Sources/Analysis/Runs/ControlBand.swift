/// From the least to the most that controls of a finding showed.
public struct ControlBand: Equatable, Sendable, Encodable {
  public var low: Double
  public var high: Double

  /// From the least to the most; nil of no numbers.
  init?(_ numbers: [Double]) {
    guard let low = numbers.min(), let high = numbers.max() else { return nil }
    (self.low, self.high) = (low, high)
  }

  /// The middle `share` of many numbers, as 0.95; nil of none.
  init?(_ numbers: [Double], middle share: Double) {
    let ordered = numbers.sorted()
    let outside = Int(Double(ordered.count) * (1 - share) / 2)
    self.init(Array(ordered.dropFirst(outside).dropLast(outside)))
  }

  /// Whether a finding is no other than its controls.
  public func contains(_ number: Double) -> Bool { low <= number && number <= high }
}
