import Numerics

/// How the classifier of the steered methods decided in one trial.
///
/// The positive class is the safe one and its score 1 - s_q, as in the released code.
public struct ClassifierFigures: Equatable, Sendable {
  /// The trial's index.
  public var trial: Int
  /// nil for all sets together.
  public var set: String?
  public var threshold: Double
  public var layers: [Int]
  public var counts: DecisionCounts
  /// The area under the precision-recall curve by the trapezoid rule; nil unless there are prompts of
  /// both labels.
  public var trapezoidAUPRC: Double?
  /// nil unless there are prompts of both labels.
  public var rocAUC: Double?

  /// Over all sets together, and over each set with prompts of both labels where there are several.
  static func all(
    _ decisions: SafetyDecisions, of evaluation: SafetyEvaluation, trial: Int
  ) -> [ClassifierFigures] {
    let sets = Dictionary(grouping: decisions.prompts) { evaluation.prompts[$0.index].set }
    let mixed = sets.filter { _, prompts in
      Set(prompts.map { evaluation.prompts[$0.index].label }).count > 1
    }
    let named = sets.count > 1 ? mixed.keys.sorted() : []
    let all = ClassifierFigures(
      decisions, decisions.prompts, evaluation.prompts, trial: trial, set: nil)
    return [all]
      + named.compactMap { set in
        sets[set].map {
          ClassifierFigures(decisions, $0, evaluation.prompts, trial: trial, set: set)
        }
      }
  }

  private init(
    _ decisions: SafetyDecisions, _ decided: [SafetyDecisions.Decision],
    _ prompts: [SafetyPrompt], trial: Int, set: String?
  ) {
    let isSafe = decided.map { prompts[$0.index].label == .safe }
    let ranked = RankedScores(scores: decided.map { 1 - $0.score }, isPositive: isSafe)
    self.trial = trial
    self.set = set
    threshold = decisions.threshold
    layers = decisions.layers
    counts = DecisionCounts(decided: decided.map { $0.sigma < 0 }, actual: isSafe)
    trapezoidAUPRC = ranked?.trapezoidAUPRC
    rocAUC = ranked?.rocAUC
  }
}
