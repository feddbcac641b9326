/// How often decisions between two classes were right and wrong.
public struct DecisionCounts: Equatable, Sendable {
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

  private func share(_ part: Int, of whole: Int) -> Double? {
    whole > 0 ? Double(part) / Double(whole) : nil
  }
}
