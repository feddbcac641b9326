/// An interval between quantiles of a statistic's resamples.
public typealias BootstrapInterval = ConfidenceInterval

/// Percentile bootstrap intervals of several statistics over the same resamples.
///
/// Each stratum (a class's example indices) is resampled with replacement to its own size, so every
/// resample has the classes' sizes (Efron and Tibshirani, "An Introduction to the Bootstrap", 13).
/// The ends are quantiles with linear interpolation, as numpy's `percentile`.
///
/// - Parameters:
///   - strata: example indices, class by class; none may be empty.
///   - resamples: how many are drawn.
///   - seed: of the drawing.
///   - confidence: the share between the ends, 0.95 for 2.5 % to 97.5 %.
///   - statistics: the values of a resample of indices; nil where one is not defined.
/// - Returns: an interval per statistic, nil where any resample left it undefined.
public func bootstrapIntervals(
  strata: [[Int]], resamples: Int, seed: UInt64, confidence: Double = 0.95,
  statistics: ([Int]) -> [Double?]
) -> [BootstrapInterval?] {
  precondition(resamples > 0 && strata.allSatisfy { !$0.isEmpty }, "nothing to resample")
  var random = SplitMix64(seed: seed)
  let values = (0..<resamples).map { _ in
    statistics(
      strata.flatMap { stratum in
        stratum.map { _ in stratum[random.index(below: stratum.count)] }
      })
  }
  let tail = (1 - confidence) / 2
  return values[0].indices.map { statistic in
    let sorted = values.compactMap { $0[statistic] }.sorted()
    guard sorted.count == resamples else { return nil }
    return BootstrapInterval(
      low: quantile(tail, ofSorted: sorted), high: quantile(1 - tail, ofSorted: sorted))
  }
}

/// The value below which the share `share` of ascending numbers lies, between neighbours linear, as
/// numpy's default.
public func quantile(_ share: Double, ofSorted sorted: [Double]) -> Double {
  precondition(!sorted.isEmpty && (0...1).contains(share), "a share of some numbers")
  let place = share * Double(sorted.count - 1)
  let below = Int(place)
  let above = min(below + 1, sorted.count - 1)
  return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
}

/// The ends of an interval that is meant to hold an unknown number.
public struct ConfidenceInterval: Equatable, Sendable, Encodable {
  public var low: Double
  public var high: Double

  public init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }
}
