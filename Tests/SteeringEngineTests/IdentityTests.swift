import SteeringEngine
import Testing

/// What must not change a bit of a sequence's rows.
@Suite struct IdentityTests {
  /// More rows than a tile has, after sharing.
  static let sequences = [TokenSequence].random(120, vocabulary: 64, seed: 11)

  @Test(arguments: Setup.all) func `a second run`(setup: Setup) throws {
    let engine = try setup.engine()
    let first = try engine.capture(Self.sequences, engine.allHooks)
    let again = try engine.capture(Self.sequences, engine.allHooks)
    #expect(first.firstDifference(from: again) == nil)
    let anew = try setup.engine().capture(Self.sequences, engine.allHooks)
    #expect(first.firstDifference(from: anew) == nil)
  }

  @Test(arguments: Setup.all) func `the count of threads`(setup: Setup) throws {
    let engine = try setup.engine(threads: 1)
    let one = try engine.capture(Self.sequences, engine.allHooks)
    for threads in [2, 3, 8] {
      let many = try setup.engine(threads: threads).capture(Self.sequences, engine.allHooks)
      #expect(one.firstDifference(from: many) == nil, "\(threads) threads")
    }
  }

  @Test(arguments: Setup.all) func `the order of sequences`(setup: Setup) throws {
    let engine = try setup.engine()
    var random = SeededRandom(seed: 12)
    let order = Self.sequences.indices.shuffled(using: &random)
    let straight = try engine.capture(Self.sequences, engine.allHooks)
    let shuffled = try engine.capture(order.map { Self.sequences[$0] }, engine.allHooks)
    #expect(straight.picking(order).firstDifference(from: shuffled) == nil)
  }

  @Test(arguments: Setup.all) func `the company of sequences`(setup: Setup) throws {
    let engine = try setup.engine()
    let together = try engine.capture(Self.sequences, engine.allHooks)
    for index in stride(from: 0, to: Self.sequences.count, by: 7) {
      let alone = try engine.capture([Self.sequences[index]], engine.allHooks)
      #expect(together.picking([index]).firstDifference(from: alone) == nil, "sequence \(index)")
    }
    for count in [2, 3, 9, 17, 40] {
      let few = try engine.capture(Array(Self.sequences[..<count]), engine.allHooks)
      #expect(
        together.picking(Array(0..<count)).firstDifference(from: few) == nil,
        "the first \(count) sequences")
    }
  }

  @Test(arguments: Setup.all) func `the cut into passes and chunks`(setup: Setup) throws {
    let engine = try setup.engine()
    let hooks = engine.allHooks
    let whole = try engine.plan(Self.sequences, capturing: hooks, memoryBudget: .max)
    #expect(whole.passes == [[0..<Self.sequences.count]])
    #expect(whole.rowCount > 4 * 64, "several tiles of 64 rows")
    let least = try engine.plan([Self.sequences[0]], capturing: hooks, memoryBudget: .max)
    let budget = least.memoryBytes + (whole.memoryBytes - least.memoryBytes) / 16
    let cut = try engine.plan(Self.sequences, capturing: hooks, memoryBudget: budget)
    #expect(cut.passes.count > 1)
    #expect(cut.passes.contains { $0.count > 1 })
    #expect(cut.passes.joined().flatMap { $0 } == Array(Self.sequences.indices))
    #expect(cut.memoryBytes <= budget)

    let expected = try engine.capture(Self.sequences, hooks)
    let actual = try engine.capture(Self.sequences, hooks, memoryBudget: budget)
    #expect(expected.firstDifference(from: actual) == nil)
  }

  @Test(arguments: Setup.all) func `what else is captured`(setup: Setup) throws {
    let engine = try setup.engine()
    let everything = try engine.capture(Self.sequences, engine.allHooks)
    for hook in engine.allHooks {
      let alone = try engine.capture(Self.sequences, [hook])
      let expected = Captured(rows: [hook: everything.rows[hook, default: []]])
      #expect(expected.firstDifference(from: alone) == nil, "\(hook) alone")
    }
    let backwards = try engine.capture(Self.sequences, engine.allHooks.reversed())
    #expect(everything.firstDifference(from: backwards) == nil)
  }

  @Test(arguments: Setup.all) func `what else of a sequence is read`(setup: Setup) throws {
    let engine = try setup.engine()
    let sequences = Self.sequences.map {
      TokenSequence(tokens: $0.tokens, readPositions: Array($0.tokens.indices))
    }
    let width = engine.config.dModel
    let everywhere = try #require(
      try engine.capture(sequences, [.residPost(1)]).rows[.residPost(1)])
    var random = SeededRandom(seed: 13)
    let scattered = sequences.map { sequence in
      let count = Int.random(in: 0...sequence.tokens.count + 3, using: &random)
      let positions = (0..<count).map { _ in
        Int.random(in: sequence.tokens.indices, using: &random)
      }
      return TokenSequence(tokens: sequence.tokens, readPositions: positions)
    }
    let actual = try engine.capture(scattered, [.residPost(1)])
    let expected = zip(scattered, everywhere).map { sequence, rows in
      sequence.readPositions.flatMap { rows[$0 * width..<($0 + 1) * width] }
    }
    #expect(Captured(rows: [.residPost(1): expected]).firstDifference(from: actual) == nil)
  }
}
