import SteeringEngine
import Testing

/// How the hook points of one run hang together, bit for bit.
@Suite struct ResidualStreamTests {
  static let sequences = [TokenSequence].random(40, vocabulary: 64, seed: 21)

  private func sum(_ a: [[Float]]?, _ b: [[Float]]?) throws -> [[UInt32]] {
    zip(try #require(a), try #require(b)).map { zip($0, $1).map { ($0 + $1).bitPattern } }
  }

  private func bits(_ rows: [[Float]]?) throws -> [[UInt32]] {
    try #require(rows).map { $0.map(\.bitPattern) }
  }

  @Test(arguments: Setup.all)
  func `each branch is added to the residual stream`(setup: Setup) throws {
    let engine = try setup.engine()
    let rows = try engine.capture(Self.sequences, engine.allHooks).rows
    #expect(try bits(rows[.residPre(0)]) == bits(rows[.embed]))
    for layer in 0..<engine.config.nLayers {
      #expect(
        try bits(rows[.residMid(layer)]) == sum(rows[.residPre(layer)], rows[.attnOut(layer)]))
      #expect(
        try bits(rows[.residPost(layer)]) == sum(rows[.residMid(layer)], rows[.mlpOut(layer)]))
      if layer > 0 {
        #expect(try bits(rows[.residPre(layer)]) == bits(rows[.residPost(layer - 1)]))
      }
    }
  }

  @Test(arguments: Setup.all)
  func `a row is delivered once per sequence, read and hook point`(
    setup: Setup
  ) throws {
    let engine = try setup.engine()
    let hooks = engine.allHooks
    let plan = try engine.plan(Self.sequences, capturing: hooks, memoryBudget: .max)
    var seen: [HookPoint] = []
    try engine.run(Self.sequences, plan: plan, capturing: hooks) { captured in
      let reads = Self.sequences[captured.sequences].reduce(0) { $0 + $1.readPositions.count }
      let width = captured.hook == .logits ? engine.config.dVocab : engine.config.dModel
      #expect(captured.width == width)
      #expect(captured.values.count == reads * width)
      seen.append(captured.hook)
    }
    #expect(seen.count == hooks.count)
    #expect(Set(seen) == Set(hooks))
  }

  @Test func `hook points are delivered in the order in which they are computed`() throws {
    let engine = try Fixture.engine("heads-of-16")
    let computed: [HookPoint] = [
      .embed, .attnOut(0), .residMid(0), .mlpOut(0), .residPost(0), .attnOut(1), .residMid(1),
      .mlpOut(1), .residPost(1), .finalNorm, .logits,
    ]
    for hooks in [computed, computed.reversed(), engine.allHooks] {
      let plan = try engine.plan(Self.sequences, capturing: hooks, memoryBudget: .max)
      var delivered: [HookPoint] = []
      try engine.run(Self.sequences, plan: plan, capturing: hooks) { captured in
        if delivered.last != captured.hook.canonical { delivered.append(captured.hook.canonical) }
      }
      #expect(delivered == computed)
    }
  }

  @Test func `progress grows to 1, one step for each chunk and block`() throws {
    let engine = try Fixture.engine("heads-of-8")
    let plan = try engine.plan(Self.sequences, capturing: [.residPost(1)], memoryBudget: .max)
    var shares: [Double] = []
    try engine.run(
      Self.sequences, plan: plan, capturing: [.residPost(1)], progress: { shares.append($0) }
    ) { _ in }
    #expect(shares == [0.5, 1])
    #expect(plan.blockCount == 2)
    #expect(plan.tokenCount == Self.sequences.reduce(0) { $0 + $1.tokens.count })
    let prefixes = Self.sequences.flatMap { s in s.tokens.indices.map { Array(s.tokens[...$0]) } }
    #expect(plan.rowCount == Set(prefixes).count)
  }

  @Test func `an estimate needs no run of the whole plan`() throws {
    let engine = try Fixture.engine("heads-of-16")
    let plan = try engine.plan(Self.sequences, capturing: [.logits], memoryBudget: .max)
    let seconds = try engine.estimateSeconds(Self.sequences, plan: plan)
    #expect(seconds > 0 && seconds < 60)
    let shallow = try engine.plan(Self.sequences, capturing: [.embed], memoryBudget: .max)
    #expect(try engine.estimateSeconds(Self.sequences, plan: shallow) == 0)
  }
}
