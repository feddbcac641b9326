/// What the classifier decides on a trial's prompts, by a threshold and layer set.
public struct SafetyDecisions: Equatable, Sendable {
  /// The decision on a prompt.
  public struct Decision: Equatable, Sendable {
    /// The prompt's index in the evaluation.
    public var index: Int
    /// s_q.
    public var score: Double
    /// +1 where s_q >= T (unsafe), else -1.
    public var sigma: Int
  }

  /// T, found with the anchors where that was asked for.
  public var threshold: Double
  public var layers: [Int]
  /// Where s_q comes from, in words.
  public var source: String
  /// Of the trial's reported prompts, in their order.
  public var prompts: [Decision]
}

extension SafetyEvaluation {
  /// Decides from the stored cosines; no model is needed.
  ///
  /// The vectors of the trial must be there.
  public func decisions(
    trial: Int, signRule: SignRule
  ) throws(VectorError) -> SafetyDecisions {
    guard let known = trialVectors[trial] else {
      preconditionFailure("the trial has no scores yet")
    }
    let path = known.vectors.source ?? "the evaluation"
    let classifier = try HarmClassifier(
      vectors: known.vectors, path: path, kind: signRule.classifier, layers: signRule.layers,
      threshold: signRule.threshold)
    let places = try known.vectors.places(ofLayers: signRule.layers, path: path)
    let decided = trials[trial].reported.map { index in
      let score = known.score(index, signRule.classifier, places: places)
      return SafetyDecisions.Decision(
        index: index, score: score, sigma: classifier.isUnsafe(score: score) ? 1 : -1)
    }
    return SafetyDecisions(
      threshold: classifier.threshold, layers: classifier.layers, source: classifier.source,
      prompts: decided)
  }
}
