import SteeringEngine
import Testing

/// Interventions that a model cannot carry out are refused before anything runs.
@Suite struct InterventionErrorTests {
  private let engine: SteeringEngine
  private let v = [Float](repeating: 0.5, count: 32)

  init() throws { engine = try Fixture.engine("heads-of-8") }

  private func plan(_ intervention: Intervention) throws {
    let sequence = TokenSequence(
      tokens: [1, 2, 3], readPositions: [2], interventions: [intervention])
    _ = try engine.plan([sequence], capturing: [.residPost(2)], memoryBudget: .max)
  }

  @Test(arguments: [HookPoint.residPost(3), .residPre(3), .attnOut(-1), .mlpOut(.max)])
  func `a block that the model does not have`(hook: HookPoint) {
    #expect(throws: EngineError.noSuchLayer(hook, nLayers: 3)) {
      try plan(Intervention(.zero, at: hook, positions: .all))
    }
  }

  @Test(arguments: [HookPoint.finalNorm, .logits])
  func `a place after the residual stream`(hook: HookPoint) {
    #expect(throws: EngineError.notChangeable(hook)) {
      try plan(Intervention(.add(v, coefficient: 1), at: hook, positions: .all))
    }
  }

  @Test(arguments: [0, 31, 33])
  func `a vector of another width`(width: Int) {
    let short = [Float](repeating: 1, count: width)
    let operations: [Intervention.Operation] = [
      .add(short, coefficient: 1), .projectOut(short), .replace(short),
    ]
    for operation in operations {
      let error = EngineError.vectorOfOtherWidth(.residPost(0), width: width, dModel: 32)
      #expect(throws: error) {
        try plan(Intervention(operation, at: .residPost(0), positions: .all))
      }
    }
  }

  @Test(arguments: [
    (Intervention.Positions.from(4), 4), (.from(-1), -1), (.from(.max), .max), (.only([0, 3]), 3),
    (.only([-1]), -1),
  ])
  func `a position that the sequence cannot have`(positions: Intervention.Positions, wrong: Int) {
    #expect(throws: EngineError.noSuchPosition(sequence: 0, position: wrong, tokens: 3)) {
      try plan(Intervention(.zero, at: .residPost(0), positions: positions))
    }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func `numbers that are not finite`(value: Float) {
    var spoilt = v
    spoilt[7] = value
    let operations: [Intervention.Operation] = [
      .add(spoilt, coefficient: 1), .add(v, coefficient: value), .projectOut(spoilt),
      .replace(spoilt), .scale(value),
    ]
    for operation in operations {
      #expect(throws: EngineError.self, "\(operation)") {
        try plan(Intervention(operation, at: .residPost(0), positions: .all))
      }
    }
  }

  @Test func `a block that is skipped must be named`() {
    #expect(throws: EngineError.self) {
      try plan(Intervention(.skipBlock, at: .embed, positions: .all))
    }
  }

  @Test func `every message is one sentence that says what to do`() {
    let errors: [(EngineError, [String])] = [
      (.notChangeable(.logits), ["logits", "resid_post"]),
      (
        .vectorOfOtherWidth(.residPost(3), width: 7, dModel: 32),
        ["blocks.3.hook_resid_post", "7", "32", "use a vector"]
      ),
      (.unusableVector(.residPost(3), problem: "scales by nan"), ["scales by nan", "correct"]),
      (.noRoomForAnswer(sequence: 4, tokens: 256, limit: 256), ["4", "256", "shorten"]),
    ]
    for (error, parts) in errors {
      for part in parts { #expect(error.description.contains(part), "\(error)") }
      #expect(!error.description.contains("\n"))
    }
  }

  @Test func `a direction without length cannot be projected out`() {
    #expect(throws: EngineError.self) {
      try plan(
        Intervention(
          .projectOut([Float](repeating: 0, count: 32)), at: .residPost(0), positions: .all))
    }
  }
}
