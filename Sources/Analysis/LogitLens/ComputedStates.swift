import ActivationStore
import ModelLibrary
import Prompts
import SteeringEngine

/// Hidden states that the engine computes when they are asked for.
public struct ComputedStates: StateSource {
  public let layers: [Int]
  public let positionNames: [String]
  public let prompts: [StoredPrompt]
  public let name: String
  private let engine: SteeringEngine
  private let texts: TokenTexts
  private let memoryBudget: Int

  /// Tokenizes the prompts.
  public init(
    model: LanguageModel, engine: SteeringEngine, prompts: [Prompt], format: PromptFormat,
    positions: ReadPositions, memoryBudget: Int
  ) throws(AnalysisError) {
    let encoded = try model.encode(prompts, format: format)
    self.prompts = zip(prompts, encoded).map { prompt, encoded in
      StoredPrompt(
        id: prompt.id, label: prompt.label ?? "", text: prompt.text, tokens: encoded.tokens,
        positionTokens: positions.indices(in: encoded).map(Int32.init))
    }
    positionNames =
      if case .named(let names) = positions { names.map(\.rawValue) } else { [] }
    layers = Array(0..<model.config.nLayers)
    name = model.name
    self.engine = engine
    texts = TokenTexts(model)
    self.memoryBudget = memoryBudget
  }

  public func states(
    of range: Range<Int>, layers: [Int], shouldStop: @escaping @Sendable () -> Bool,
    progress: (Double) -> Void
  ) throws(AnalysisError) -> [[Float]] {
    let sequences = prompts[range].map {
      TokenSequence(tokens: $0.tokens, readPositions: $0.positionTokens.map(Int.init))
    }
    let hooks = layers.map(HookPoint.residPost)
    var states = [[Float]](repeating: [], count: layers.count)
    do throws(EngineError) {
      let plan = try engine.plan(sequences, capturing: hooks, memoryBudget: memoryBudget)
      try engine.run(
        sequences, plan: plan, capturing: hooks, shouldStop: shouldStop, progress: progress
      ) { captured in
        guard let index = hooks.firstIndex(of: captured.hook) else { return }
        // Chunks of a hook point come in the order of their sequences.
        states[index] += captured.values
      }
    } catch {
      throw error.naming(
        { sequence in
          let prompt = prompts[range.lowerBound + sequence]
          return (prompt.id, prompt.tokens)
        }, texts)
    }
    return states
  }
}
