/// How often decisions between two classes were right and wrong.
public struct DecisionCounts: Equatable, Sendable, Encodable {
  public var truePositives = 0
  public var falsePositives = 0
  public var trueNegatives = 0
  public var falseNegatives = 0

  /// Counts decisions against the truth, example by example.
  public init(decided: [Bool], actual: [Bool]) {
    precondition(decided.count == actual.count, "as many decisions as examples")
    for (decided, actual) in zip(decided, actual) {
      switch (decided, actual) {
      case (true, true): truePositives += 1
      case (true, false): falsePositives += 1
      case (false, false): trueNegatives += 1
      case (false, true): falseNegatives += 1
      }
    }
  }

  /// The share of positive decisions that are right; nil where there are none.
  public var precision: Double? { share(truePositives, of: truePositives + falsePositives) }

  /// The share of positive examples that are found; nil where there are none.
  public var recall: Double? { share(truePositives, of: truePositives + falseNegatives) }

  /// The harmonic mean of precision and recall, 2 TP / (2 TP + FP + FN); nil where nothing is
  /// positive, neither decided nor actual.
  public var f1: Double? {
    share(2 * truePositives, of: 2 * truePositives + falsePositives + falseNegatives)
  }

  /// The share of negative examples that are decided so; nil where there are none.
  public var specificity: Double? { share(trueNegatives, of: trueNegatives + falsePositives) }

  /// The share of right decisions; nil without examples.
  public var accuracy: Double? {
    share(truePositives + trueNegatives, of: positives + negatives)
  }

  /// The mean of recall and specificity; nil unless there are examples of both classes.
  public var balancedAccuracy: Double? {
    guard let recall, let specificity else { return nil }
    return (recall + specificity) / 2
  }

  /// The examples of the positive class.
  public var positives: Int { truePositives + falseNegatives }

  /// The examples of the negative class.
  public var negatives: Int { trueNegatives + falsePositives }

  /// The counts over the examples of both.
  public static func + (left: DecisionCounts, right: DecisionCounts) -> DecisionCounts {
    var sum = left
    sum.truePositives += right.truePositives
    sum.falsePositives += right.falsePositives
    sum.trueNegatives += right.trueNegatives
    sum.falseNegatives += right.falseNegatives
    return sum
  }

  private func share(_ part: Int, of whole: Int) -> Double? {
    whole > 0 ? Double(part) / Double(whole) : nil
  }
}
