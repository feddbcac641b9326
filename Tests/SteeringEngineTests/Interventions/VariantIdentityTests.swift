import SteeringEngine
import Testing

/// What must not change a bit of a variant's rows, nor of its neighbours'.
@Suite struct VariantIdentityTests {
  private func variants(of engine: SteeringEngine, _ count: Int = 40) -> [TokenSequence] {
    var random = SeededRandom(seed: 77)
    return random.variants(of: engine, sequences: count)
  }

  @Test(arguments: Setup.all) func `the company of variants`(setup: Setup) throws {
    let engine = try setup.engine()
    let sequences = variants(of: engine)
    #expect(sequences.filter { !$0.interventions.isEmpty }.count > 40)
    let together = try engine.capture(sequences, engine.allHooks)
    for index in stride(from: 0, to: sequences.count, by: 5) {
      let alone = try engine.capture([sequences[index]], engine.allHooks)
      #expect(together.picking([index]).firstDifference(from: alone) == nil, "sequence \(index)")
    }
  }

  @Test(arguments: Setup.all)
  func `variants do not show in sequences without interventions`(setup: Setup) throws {
    let engine = try setup.engine()
    let sequences = variants(of: engine)
    let plain = sequences.indices.filter { sequences[$0].interventions.isEmpty }
    let together = try engine.capture(sequences, engine.allHooks)
    let apart = try engine.capture(plain.map { sequences[$0] }, engine.allHooks)
    #expect(together.picking(plain).firstDifference(from: apart) == nil)
  }

  @Test(arguments: Setup.all) func `the order of variants`(setup: Setup) throws {
    let engine = try setup.engine()
    let sequences = variants(of: engine)
    var random = SeededRandom(seed: 78)
    let order = sequences.indices.shuffled(using: &random)
    let straight = try engine.capture(sequences, engine.allHooks)
    let shuffled = try engine.capture(order.map { sequences[$0] }, engine.allHooks)
    #expect(straight.picking(order).firstDifference(from: shuffled) == nil)
  }

  @Test(arguments: Setup.all) func `the count of threads`(setup: Setup) throws {
    let one = try setup.engine(threads: 1)
    let sequences = variants(of: one)
    let expected = try one.capture(sequences, one.allHooks)
    for threads in [2, 5] {
      let many = try setup.engine(threads: threads)
      let actual = try many.capture(sequences, many.allHooks)
      #expect(expected.firstDifference(from: actual) == nil, "\(threads) threads")
    }
  }

  @Test(arguments: Setup.all) func `the cut into passes and chunks`(setup: Setup) throws {
    let engine = try setup.engine()
    let sequences = variants(of: engine, 80)
    let hooks = engine.allHooks
    let whole = try engine.plan(sequences, capturing: hooks, memoryBudget: .max)
    let least = try engine.plan([sequences[0]], capturing: hooks, memoryBudget: .max)
    let budget = least.memoryBytes + (whole.memoryBytes - least.memoryBytes) / 8
    let cut = try engine.plan(sequences, capturing: hooks, memoryBudget: budget)
    #expect(cut.passes.joined().count > 1)
    #expect(cut.passes.joined().flatMap { $0 } == Array(sequences.indices))

    let expected = try engine.capture(sequences, hooks)
    let actual = try engine.capture(sequences, hooks, memoryBudget: budget)
    #expect(expected.firstDifference(from: actual) == nil)
  }

  @Test(arguments: Setup.all) func `what else is captured`(setup: Setup) throws {
    let engine = try setup.engine()
    let sequences = variants(of: engine)
    let everything = try engine.capture(sequences, engine.allHooks)
    for hook in engine.allHooks {
      let alone = try engine.capture(sequences, [hook])
      let expected = Captured(rows: [hook: everything.rows[hook, default: []]])
      #expect(expected.firstDifference(from: alone) == nil, "\(hook) alone")
    }
  }
}
