import ModelLibrary
import Numerics
import Prompts
import SteeringEngine

extension TransitionClassifier {
  /// Prompts whose states are held at once.
  private static let promptsAtOnce = 256

  /// s_q and the decision for prompts, whose transitions the engine computes now.
  ///
  /// `format` has the response whose last token a transition ends at (Sure in SCANS).
  func classify(
    _ prompts: [Prompt], model: LanguageModel, engine: SteeringEngine, format: PromptFormat,
    memoryBudget: Int, shouldStop: @escaping @Sendable () -> Bool,
    progress: (Double) -> Void = { _ in }
  ) throws(AnalysisError) -> [ClassifiedPrompt] {
    let states = try ComputedStates(
      model: model, engine: engine, prompts: prompts, format: format,
      positions: .named([.queryEnd, .last]), memoryBudget: memoryBudget)
    var found: [ClassifiedPrompt] = []
    for start in stride(from: 0, to: prompts.count, by: Self.promptsAtOnce) {
      let range = start..<min(start + Self.promptsAtOnce, prompts.count)
      let rows = try states.states(
        of: range, layers: layers, shouldStop: shouldStop,
        progress: { share in
          progress((Double(start) + share * Double(range.count)) / Double(prompts.count))
        })
      let width = engine.config.dModel
      do throws(VectorError) {
        found += try classify(
          states.prompts[range].map { ($0.id, $0.label) }, source: model.name,
          transitions: { layer in
            Self.transitions(rows[layers.firstIndex(of: layer) ?? 0], width: width)
          })
      } catch {
        throw .vectors(error)
      }
    }
    return found
  }

  /// `[prompt][dModel]` from rows `[prompt, position, dModel]`, query end and last.
  private static func transitions(_ rows: [Float], width: Int) -> [[Double]] {
    stride(from: 0, to: rows.count, by: 2 * width).map { start in
      difference(
        Array(rows[start..<start + width]), Array(rows[start + width..<start + 2 * width]))
    }
  }
}
