import ModelLibrary
import Prompts
import SteeringEngine

/// The sign of the steering of one prompt.
public struct PromptSign: Hashable, Sendable {
  /// +1 towards refusal, -1 away from it.
  public var sigma: Int
  /// s_q; nil where the sign did not come from it.
  public var score: Double?

  public init(sigma: Int, score: Double?) {
    self.sigma = sigma
    self.score = score
  }
}

extension SteeredAnswers.Sign {
  /// The response whose last token a transition ends at.
  static let response = "Sure"

  /// The sign of every prompt; where it comes from the classifier, the engine runs them all.
  func signs(
    of prompts: [Prompt], model: LanguageModel, engine: SteeringEngine, format: PromptFormat,
    memoryBudget: Int, shouldStop: @escaping @Sendable () -> Bool,
    progress: (Double) -> Void = { _ in }
  ) throws(AnalysisError) -> [PromptSign] {
    switch self {
    case .fixed(let sigma): return prompts.map { _ in PromptSign(sigma: sigma, score: nil) }
    case .classifier(let classifier):
      var completed = format
      completed.response = Self.response
      return try classifier.classify(
        prompts, model: model, engine: engine, format: completed, memoryBudget: memoryBudget,
        shouldStop: shouldStop, progress: progress
      ).map { PromptSign(sigma: $0.sigma, score: $0.score) }
    }
  }
}
