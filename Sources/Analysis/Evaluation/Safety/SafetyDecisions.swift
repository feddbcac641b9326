/// What the classifier decides on a trial's prompts, by a threshold and layer set.
public struct SafetyDecisions: Equatable, Sendable {
  /// The decision on a prompt.
  public struct Decision: Equatable, Sendable {
    /// The prompt's index in the evaluation.
    public var index: Int
    /// s_q, the mean cosine over the layers.
    public var score: Double
    /// +1 where s_q >= T (unsafe), else -1.
    public var sigma: Int
  }

  /// T, found with the anchors where that was asked for.
  public var threshold: Double
  public var layers: [Int]
  /// Of the trial's reported prompts, in their order.
  public var prompts: [Decision]
}

extension SafetyEvaluation {
  /// Decides from the stored cosines; no model is needed.
  ///
  /// The trial must have had its lesson.
  public func decisions(
    trial: Int, reading: Reading
  ) throws(VectorError) -> SafetyDecisions {
    guard let lesson = lessons[trial] else { preconditionFailure("the trial has no scores yet") }
    let path = lesson.vectors.source ?? "the evaluation"
    let classifier = try TransitionClassifier(
      vectors: lesson.vectors, path: path, layers: reading.layers, threshold: reading.threshold)
    let places = try lesson.vectors.places(ofLayers: reading.layers, path: path)
    let decided = trials[trial].reported.map { index in
      let cosines = lesson.cosines[index]
      let score = places.reduce(0) { $0 + cosines[$1] } / Double(places.count)
      return SafetyDecisions.Decision(
        index: index, score: score, sigma: classifier.isUnsafe(score: score) ? 1 : -1)
    }
    return SafetyDecisions(
      threshold: classifier.threshold, layers: classifier.layers, prompts: decided)
  }
}
