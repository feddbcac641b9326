import CKernels
import SteeringEngine
import Testing

/// Many greedy tokens are chosen without computing all scores; nothing may tell.
@Suite(.enabled(if: ck_has_screen(), "this machine has no products of bytes (AVX-512 VNNI)"))
struct GreedyScreenTests {
  @Test(arguments: Precision.allCases, ScreenedModel.all)
  func `answers are those of all scores`(precision: Precision, model: ScreenedModel) throws {
    // An engine that must not keep weights has no room for a screen.
    let plain = try model.engine(precision, keepingWeights: false)
    let prompts = steeredPrompts(of: plain, ScreenedModel.prompts)
    for penalty in [1, 1.3, 2.5] as [Float] {
      var options = GenerationOptions.greedy(ScreenedModel.newTokens)
      options.repetitionPenalty = penalty
      let expected = try plain.answers(prompts, options)
      #expect(plain.clock[.screen] == 0)
      #expect(Set(expected.map(\.tokens)).count > model.leastAnswers)
      for threads in [1, 2, 3] {
        let engine = try model.engine(precision, threads: threads)
        #expect(try engine.answers(prompts, options) == expected, "\(threads) threads")
        #expect(engine.clock[.screen] > 0)
      }
    }
  }

  @Test func `nothing is packed for answers that need all scores`() throws {
    let engine = try ScreenedModel.plain.engine(.f32)
    let prompts = (0..<ScreenedModel.prompts).map {
      TokenSequence(tokens: [Int32($0), 7], readPositions: [])
    }
    _ = try engine.answers(prompts, .greedy(2))
    let packing = engine.clock[.pack]
    var raised = GenerationOptions.greedy(ScreenedModel.newTokens)
    raised.repetitionPenalty = 0.9
    _ = try engine.answers(prompts, raised)
    var drawn = GenerationOptions.greedy(ScreenedModel.newTokens)
    drawn.sampling = .nucleus(temperature: 1, topP: 1, seed: 1)
    _ = try engine.answers(prompts, drawn)
    let contrasts = prompts.map { AnswerRequest($0, contrastedWith: prompts[0], strength: 0.5) }
    _ = try engine.generate(
      contrasts, options: .greedy(ScreenedModel.newTokens), memoryBudget: .max)
    #expect(engine.clock[.pack] == packing)
    _ = try engine.answers(prompts, .greedy(ScreenedModel.newTokens))
    #expect(engine.clock[.pack] > packing)
  }

  @Test func `a row that is not finite is found as without a screen`() throws {
    let engine = try ScreenedModel.plain.engine(.f32, threads: 1)
    let huge = Intervention(
      .scale(.greatestFiniteMagnitude), at: .residPost(1), positions: .from(3))
    let prompts = (0..<ScreenedModel.prompts).map {
      TokenSequence(tokens: [Int32($0), 7], readPositions: [], interventions: [huge])
    }
    #expect(throws: EngineError.nonFinite(.logits, sequence: 0, position: 3)) {
      try engine.answers(prompts, .greedy(ScreenedModel.newTokens))
    }
    #expect(engine.clock[.screen] > 0)
  }

  @Test func `damaged weights are named by their row`() throws {
    var damaged = ScreenedModel.plain.model
    damaged.weights["token_embd.weight"]?.values[64 * 3000] = .nan
    let engine = try SteeringEngine(
      checkpoint: damaged.checkpoint(), precision: .f32, threads: 1, weightBudget: .max)
    let prompts = (0..<ScreenedModel.prompts).map {
      TokenSequence(tokens: [Int32($0), 7], readPositions: [])
    }
    #expect {
      try engine.answers(prompts, .greedy(ScreenedModel.newTokens))
    } throws: {
      "\($0)".contains("row 3000 of tensor \"token_embd.weight\"")
    }
  }
}

/// A model, and how many tokens have to be asked for until a screen is packed.
struct ScreenedModel: CustomTestStringConvertible {
  var testDescription: String
  var model: RandomLlama
  /// More than so many of the answers differ.
  var leastAnswers = prompts / 2

  static let (prompts, newTokens) = (14, 40)

  /// Its vocabulary fills no block.
  static let plain = ScreenedModel(testDescription: "3001 tokens", model: tiny(vocabulary: 3001))

  static let all = [
    plain,
    // Most of which a penalty has seen in the end.
    ScreenedModel(testDescription: "64 tokens", model: tiny(vocabulary: 64)),
    ScreenedModel(
      testDescription: "every token twice",
      model: tiny(vocabulary: 2000) { values in values[64 * 1000..<64 * 2000] = values[..<64_000] }
    ),
    // More of which can be the largest than a screen has room for.
    ScreenedModel(
      testDescription: "5000 tokens alike",
      model: tiny(vocabulary: 5000) { values in
        values = (0..<5000).flatMap { _ in values[..<64] }
      }, leastAnswers: 0),
  ]

  private static func tiny(
    vocabulary: Int, _ change: (inout [Float]) -> Void = { _ in }
  ) -> RandomLlama {
    var model = RandomLlama(
      dHead: 64, nHeads: 1, nKVHeads: 1, width: 64, vocabulary: vocabulary, seed: 5)
    if var embedding = model.weights["token_embd.weight"] {
      change(&embedding.values)
      model.weights["token_embd.weight"] = embedding
    }
    return model
  }

  func engine(
    _ precision: Precision, threads: Int = 2, keepingWeights: Bool = true
  ) throws -> SteeringEngine {
    try SteeringEngine(
      checkpoint: model.checkpoint(), precision: precision, threads: threads,
      weightBudget: keepingWeights ? .max : 0)
  }
}
