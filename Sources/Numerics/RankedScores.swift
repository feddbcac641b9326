/// Scores of two classes in order, and how well they tell the classes apart.
///
/// A high score speaks for the positive class. Examples with equal scores are taken together, so
/// their order does not matter. Conventions are those of scikit-learn's `metrics`.
public struct RankedScores: Sendable {
  /// A point of the precision-recall curve.
  public struct Point: Equatable, Sendable {
    /// Scores at or above it count as positive.
    public var threshold: Double
    public var precision: Double
    public var recall: Double
  }

  public let positiveCount: Int
  public let negativeCount: Int
  /// A step for each different score, from the highest: how many of each class lie at it or above.
  private let steps: [(threshold: Double, positives: Int, negatives: Int)]

  /// Ranks finite scores; nil where a class has no example.
  public init?(scores: [Double], isPositive: [Bool]) {
    precondition(scores.count == isPositive.count, "as many scores as classes")
    let order = scores.indices.sorted { scores[$0] > scores[$1] }
    var steps: [(threshold: Double, positives: Int, negatives: Int)] = []
    var (positives, negatives) = (0, 0)
    for (place, index) in order.enumerated() {
      if isPositive[index] { positives += 1 } else { negatives += 1 }
      let next = place + 1
      if next < order.count, scores[order[next]] == scores[index] { continue }
      steps.append((scores[index], positives, negatives))
    }
    guard positives > 0, negatives > 0 else { return nil }
    positiveCount = positives
    negativeCount = negatives
    self.steps = steps
  }

  /// A point for each different score, from the lowest (recall 1) to the highest.
  ///
  /// As `precision_recall_curve`, but without its last point (recall 0, precision 1), which belongs
  /// to no score.
  public var precisionRecallCurve: [Point] {
    steps.reversed().map { step in
      Point(
        threshold: step.threshold,
        precision: Double(step.positives) / Double(step.positives + step.negatives),
        recall: Double(step.positives) / Double(positiveCount))
    }
  }

  /// The area under the precision-recall curve by the trapezoid rule, in 0...1.
  ///
  /// As `auc(recall, precision)`, the last point included; it flatters, since precision between two
  /// points is not linear: see `averagePrecision`.
  public var trapezoidAUPRC: Double {
    var area = 0.0
    var (recall, precision) = (0.0, 1.0)
    for point in precisionRecallCurve.reversed() {
      area += (point.recall - recall) * (point.precision + precision) / 2
      (recall, precision) = (point.recall, point.precision)
    }
    return area
  }

  /// The mean of the precisions, weighted by the steps of recall, as `average_precision_score`.
  public var averagePrecision: Double {
    var sum = 0.0
    var recall = 0.0
    for point in precisionRecallCurve.reversed() {
      sum += (point.recall - recall) * point.precision
      recall = point.recall
    }
    return sum
  }

  /// The chance that a positive example scores above a negative one, ties counting half; the area
  /// under the ROC curve, as `roc_auc_score`.
  public var rocAUC: Double {
    var twice = 0.0
    var (positives, negatives) = (0, 0)
    for step in steps {
      twice += Double(step.negatives - negatives) * Double(positives + step.positives)
      (positives, negatives) = (step.positives, step.negatives)
    }
    return twice / 2 / (Double(positiveCount) * Double(negativeCount))
  }
}
