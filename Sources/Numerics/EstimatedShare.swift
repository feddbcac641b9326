import Foundation

/// A share that was estimated from counts, with an interval.
public struct EstimatedShare: Equatable, Sendable, Encodable {
  /// In 0...1.
  public var value: Double
  public var interval: ConfidenceInterval

  /// A share with Wilson's score interval, which stays within 0...1 and is sound for few examples.
  ///
  /// Source: Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
  /// - Parameters:
  ///   - part: how many examples have the property.
  ///   - whole: how many there are; the result is nil for none.
  ///   - confidence: how often the interval is to hold the share, below 1.
  public init?(_ part: Int, of whole: Int, confidence: Double = 0.95) {
    precondition((0...whole).contains(part), "\(part) is no part of \(whole)")
    guard whole > 0 else { return nil }
    let count = Double(whole)
    let share = Double(part) / count
    let z = standardNormalQuantile(0.5 + confidence / 2)
    let spread = z * (share * (1 - share) / count + z * z / (4 * count * count)).squareRoot()
    let scale = 1 + z * z / count
    let centre = share + z * z / (2 * count)
    value = share
    // At the ends one side is exact, up to rounding.
    interval = ConfidenceInterval(
      low: part == 0 ? 0 : (centre - spread) / scale,
      high: part == whole ? 1 : (centre + spread) / scale)
  }

  fileprivate init(truncating value: Double, low: Double, high: Double) {
    let truncated = { (share: Double) in min(max(share, 0), 1) }
    self.value = truncated(value)
    interval = ConfidenceInterval(low: truncated(low), high: truncated(high))
  }
}

extension DecisionCounts {
  /// The share of positives in another sample, corrected for the errors that these counts show.
  ///
  /// The estimate is (share + specificity - 1) / (sensitivity + specificity - 1), the interval the
  /// delta method's with added counts, which covers better near the ends; both are cut to 0...1. An
  /// interval without length says that the sample cannot have come about with such errors.
  ///
  /// Sources: Rogan and Gladen, "Estimating prevalence from the results of a screening test", 1978;
  /// Lang and Reiczigel, "Confidence limits for prevalence of disease adjusted for estimated
  /// sensitivity and specificity", 2014.
  /// - Parameters:
  ///   - decided: how many of the sample were decided to be positive.
  ///   - count: the size of the sample.
  ///   - confidence: how often the interval is to hold the share, below 1.
  /// - Returns: nil where the sample is empty, or where the decisions tell the classes apart no better
  ///   than chance, so that there is nothing to correct with.
  public func correctedShare(
    _ decided: Int, of count: Int, confidence: Double = 0.95
  ) -> EstimatedShare? {
    precondition((0...count).contains(decided), "\(decided) is no part of \(count)")
    guard count > 0, let recall, let specificity, recall + specificity > 1 else { return nil }
    let z = standardNormalQuantile(0.5 + confidence / 2)
    let size = Double(count) + z * z
    let share = (Double(decided) + z * z / 2) / size
    let (positiveSize, negativeSize) = (Double(positives) + 2, Double(negatives) + 2)
    let found = (Double(truePositives) + 1) / positiveSize
    let spared = (Double(trueNegatives) + 1) / negativeSize
    let gain = found + spared - 1
    let centre = (share + spared - 1) / gain
    let foundVariance = found * (1 - found) / positiveSize
    let sparedVariance = spared * (1 - spared) / negativeSize
    let shift = 2 * z * z * (centre * foundVariance - (1 - centre) * sparedVariance)
    let variance =
      share * (1 - share) / size + centre * centre * foundVariance
      + (1 - centre) * (1 - centre) * sparedVariance
    let spread = z * variance.squareRoot() / gain
    return EstimatedShare(
      truncating: (Double(decided) / Double(count) + specificity - 1) / (recall + specificity - 1),
      low: centre + shift - spread, high: centre + shift + spread)
  }
}

/// The number that a standard normal variable is below with the given chance, in 0.5..<1.
func standardNormalQuantile(_ chance: Double) -> Double {
  precondition((0.5..<1).contains(chance), "a chance of \(chance) has no quantile here")
  // From 0 Newton's steps rise to the root, since the distribution is concave there.
  var quantile = 0.0
  while true {
    let missing = chance - (1 - erfc(quantile / Double(2).squareRoot()) / 2)
    let density = exp(-quantile * quantile / 2) / (2 * Double.pi).squareRoot()
    let next = quantile + missing / density
    guard next > quantile else { return quantile }
    quantile = next
  }
}
