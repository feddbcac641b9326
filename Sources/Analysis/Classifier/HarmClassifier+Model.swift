import ModelLibrary
import Prompts
import SteeringEngine

extension HarmClassifier {
  /// Prompts whose states are held at once.
  private static let promptsAtOnce = 256

  /// s_q, the decision and the cosines of prompts, whose states the engine computes now.
  ///
  /// `format` has the response whose last token a transition ends at (Sure in SCANS). Whether the
  /// vectors are of this model is the caller's to check; see ``VectorSet/expectMatches(_:path:allowOther:)``.
  public func classify(
    _ prompts: [Prompt], model: LanguageModel, engine: SteeringEngine, format: PromptFormat,
    memoryBudget: Int, shouldStop: @escaping @Sendable () -> Bool,
    progress: (Double) -> Void = { _ in }
  ) throws(AnalysisError) -> [ClassifiedPrompt] {
    var found: [ClassifiedPrompt] = []
    for start in stride(from: 0, to: prompts.count, by: Self.promptsAtOnce) {
      let part = prompts[start..<min(start + Self.promptsAtOnce, prompts.count)]
      let states = try TransitionStates(
        of: Array(part), model: model, engine: engine, format: format, layers: readLayers,
        memoryBudget: memoryBudget, shouldStop: shouldStop,
        progress: { share in
          progress((Double(start) + share * Double(part.count)) / Double(prompts.count))
        })
      do throws(VectorError) { found += try classify(states) } catch { throw .vectors(error) }
    }
    return found
  }
}
