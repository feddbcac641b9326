import Numerics

/// The strength and the classifier with which SCANS treats most prompts right.
public struct ScansChoice: Equatable, Sendable {
  /// As the evaluation that it is of was named.
  public var alpha: String
  public var classifier: HarmClassifier.Kind
  /// Prompts that were treated as they should be, by the choice and by Default, of how many.
  public var right: Int
  public var defaultRight: Int
  public var count: Int

  /// Chooses among evaluations of one steered method, each of another strength, answered under both signs.
  ///
  /// Every classifier is tried that their vectors have, with the threshold that each evaluation has.
  /// Of equally good ones the first evaluation wins, then the classifier that comes first.
  public init(
    _ evaluations: [(alpha: String, evaluation: SafetyEvaluation)]
  ) throws(AnalysisError) {
    var best: ScansChoice?
    for (alpha, evaluation) in evaluations {
      for kind in evaluation.classifiers {
        var rule = evaluation.signRule
        rule.classifier = kind
        let findings = try SafetyFindings(evaluation, signRule: rule, path: alpha)
        guard let steered = findings.rows.last(where: { $0.effect != nil }) else { continue }
        let right = steered.right.parts.reduce(0, +)
        if let best, best.right >= right { continue }
        best = ScansChoice(
          alpha: alpha, classifier: kind, right: right,
          defaultRight: findings.rows[0].right.parts.reduce(0, +),
          count: steered.right.wholes.reduce(0, +))
      }
    }
    guard let best else { throw .safety(.noScores(path: evaluations.first?.alpha ?? "")) }
    self = best
  }

  private init(
    alpha: String, classifier: HarmClassifier.Kind, right: Int, defaultRight: Int, count: Int
  ) {
    self.alpha = alpha
    self.classifier = classifier
    self.right = right
    self.defaultRight = defaultRight
    self.count = count
  }
}

extension SafetyEvaluation {
  /// The classifiers that decide on what every trial reports.
  public var classifiers: [HarmClassifier.Kind] {
    HarmClassifier.Kind.allCases.filter { kind in
      trialVectors.allSatisfy { known in
        guard let known, let input = kind.input else { return known != nil }
        return known.vectors.probes.contains { $0.input == input }
      }
    }
  }
}
