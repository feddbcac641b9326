import SteeringEngine
import Testing

/// Many greedy tokens are chosen without computing all scores; nothing may tell.
@Suite(.enabled(if: ScreenedModel.isProvidedFor, "this machine computes all scores"))
struct GreedyScreenTests {
  @Test(arguments: Fixture.precisions, [1, 1.3, 2.5])
  func `answers are those of all scores`(precision: Precision, penalty: Float) throws {
    var options = GenerationOptions.greedy(ScreenedModel.newTokens)
    options.repetitionPenalty = penalty
    // An engine that must not keep weights has no room for a screen.
    let plain = try ScreenedModel.engine(precision, keepingWeights: false)
    let prompts = steeredPrompts(of: plain, ScreenedModel.prompts)
    let expected = try plain.answers(prompts, options)
    #expect(plain.clock[.screen] == 0)
    #expect(Set(expected.map(\.tokens)).count > ScreenedModel.prompts / 2)
    for threads in [1, 2, 3] {
      let engine = try ScreenedModel.engine(precision, threads: threads)
      #expect(try engine.answers(prompts, options) == expected, "\(threads) threads")
      #expect(engine.clock[.screen] > 0)
    }
  }

  @Test func `scores that all could be needed are computed`() throws {
    let engine = try ScreenedModel.engine(.f32)
    var raised = GenerationOptions.greedy(ScreenedModel.newTokens)
    raised.repetitionPenalty = 0.9
    #expect(try !engine.screens(raised))
    var drawn = GenerationOptions.greedy(ScreenedModel.newTokens)
    drawn.sampling = .nucleus(temperature: 1, topP: 1, seed: 1)
    #expect(try !engine.screens(drawn))
  }

  @Test func `damaged weights are found as without a screen`() throws {
    var damaged = ScreenedModel.model
    damaged.weights["token_embd.weight"]?.values[64 * 2999] = .nan
    let engine = try SteeringEngine(
      checkpoint: damaged.checkpoint(), precision: .f32, threads: 1, weightBudget: .max)
    let prompts = (0..<ScreenedModel.prompts).map {
      TokenSequence(tokens: [Int32($0), 7], readPositions: [])
    }
    #expect(throws: EngineError.nonFinite(.logits, sequence: 0, position: 1)) {
      try engine.answers(prompts, .greedy(ScreenedModel.newTokens))
    }
  }
}

/// A model, and how many tokens have to be asked for until a screen is packed.
private enum ScreenedModel {
  static let model = TinyModel(
    dHead: 64, nHeads: 1, nKVHeads: 1, width: 64, vocabulary: 3000, seed: 5)
  static let (prompts, newTokens) = (14, 40)
  static let isProvidedFor = (try? engine(.f32).screens(.greedy(newTokens))) == true

  static func engine(
    _ precision: Precision, threads: Int = 2, keepingWeights: Bool = true
  ) throws -> SteeringEngine {
    try SteeringEngine(
      checkpoint: model.checkpoint(), precision: precision, threads: threads,
      weightBudget: keepingWeights ? .max : 0)
  }
}

extension SteeringEngine {
  /// Whether a screen is used for answers to some prompts.
  fileprivate func screens(_ options: GenerationOptions) throws -> Bool {
    let before = clock[.screen]
    let prompts = (0..<ScreenedModel.prompts).map {
      TokenSequence(tokens: [Int32($0), 7], readPositions: [])
    }
    _ = try answers(prompts, options)
    return clock[.screen] > before
  }
}
