import SteeringEngine
import Testing

/// A variant shares rows with what it was made from exactly where it may.
@Suite struct ForkTests {
  static let tokens: [Int32] = [5, 9, 33, 2, 17, 60, 41, 8, 22, 3, 11, 48]
  static let start = 7

  private func variants(of engine: SteeringEngine) -> [Intervention] {
    var random = SeededRandom(seed: 5)
    return (0..<engine.config.nLayers).flatMap { layer in
      [HookPoint.attnOut(layer), .residMid(layer), .mlpOut(layer), .residPost(layer)].map { hook in
        Intervention(
          .add(random.floats(engine.config.dModel), coefficient: 1), at: hook,
          positions: .from(Self.start))
      }
    }
  }

  @Test(arguments: Setup.all)
  func `many variants of one prompt have the bits of each computed from scratch`(
    setup: Setup
  ) throws {
    let engine = try setup.engine()
    let lists = [[]] + variants(of: engine).map { [$0] }
    let together = try engine.capture(
      lists.map { .readEverywhere(Self.tokens, $0) }, engine.allHooks)
    for (index, list) in lists.enumerated() {
      let alone = try engine.capture([.readEverywhere(Self.tokens, list)], engine.allHooks)
      #expect(together.picking([index]).firstDifference(from: alone) == nil, "\(list)")
    }
  }

  @Test(arguments: Setup.all)
  func `changing all positions of a prompt is changing them from 0 on and one by one`(
    setup: Setup
  ) throws {
    let engine = try setup.engine()
    for variant in variants(of: engine) {
      let ways: [Intervention.Positions] = [.all, .from(0), .only(Set(Self.tokens.indices))]
      let found = try ways.map { positions in
        var changed = variant
        changed.positions = positions
        return try engine.capture([.readEverywhere(Self.tokens, [changed])], engine.allHooks)
      }
      #expect(found[0].firstDifference(from: found[1]) == nil)
      #expect(found[0].firstDifference(from: found[2]) == nil)
    }
  }

  @Test func `nothing before the first changed place changes, and everything after it does`()
    throws
  {
    let engine = try Fixture.engine("heads-of-8")
    let width = engine.config.dModel
    let hooks = (0..<engine.config.nLayers).map(HookPoint.residPost)
    for layer in 0..<engine.config.nLayers {
      let v = Intervention(
        .add(.init(repeating: 1, count: width), coefficient: 1), at: .residPost(layer),
        positions: .from(Self.start))
      let rows = try engine.capture(
        [.readEverywhere(Self.tokens), .readEverywhere(Self.tokens, [v])], hooks
      ).rows
      for (depth, hook) in hooks.enumerated() {
        let (plain, changed) = (try #require(rows[hook])[0], try #require(rows[hook])[1])
        for position in Self.tokens.indices {
          let range = position * width..<(position + 1) * width
          let isSame = plain[range] == changed[range]
          #expect(isSame == (depth < layer || position < Self.start), "\(hook), \(position)")
        }
      }
    }
  }

  @Test func `a prompt's variants cost their tails alone`() throws {
    let engine = try Fixture.engine("heads-of-8")
    let lists = [[]] + variants(of: engine).map { [$0] }
    let hooks = [HookPoint.residPost(engine.config.nLayers - 1)]
    let plan = try engine.plan(
      lists.map { .readEverywhere(Self.tokens, $0) }, capturing: hooks, memoryBudget: .max)
    let tail = Self.tokens.count - Self.start
    #expect(plan.rowCount <= Self.tokens.count + (lists.count - 1) * tail)
  }

  /// Sequences that begin alike, some the same, and two that are others' beginnings.
  private static let families: [[Int32]] = [
    tokens, tokens + [7, 7], tokens + [7, 8, 9], Array(tokens[..<9]), [5, 9, 33] + tokens, tokens,
    tokens + [7, 8],
  ]

  @Test(arguments: Setup.all)
  func `what changed sequences share has the bits of each computed alone`(setup: Setup) throws {
    let engine = try setup.engine()
    for (place, variant) in variants(of: engine).enumerated() {
      var changed = variant
      changed.positions = place % 3 == 0 ? .all : .from(place % 3)
      let lists: [[Intervention]] = [[changed], [], [changed]]
      let sequences = Self.families.enumerated().flatMap { index, tokens in
        lists[..<(1 + index % 3)].map { TokenSequence.readEverywhere(tokens, $0) }
      }
      let together = try engine.capture(sequences, engine.allHooks)
      for (index, sequence) in sequences.enumerated() {
        let alone = try engine.capture([sequence], engine.allHooks)
        #expect(together.picking([index]).firstDifference(from: alone) == nil, "\(index)")
      }
    }
  }

  @Test func `what changed sequences share is computed once`() throws {
    let engine = try Fixture.engine("heads-of-8")
    let change = Intervention(.scale(2), at: .residPost(0), positions: .from(1))
    let hooks = [HookPoint.residPost(engine.config.nLayers - 1)]
    let plain = try engine.plan(
      Self.families.map { .readEverywhere($0) }, capturing: hooks, memoryBudget: .max)
    let both = try engine.plan(
      Self.families.map { .readEverywhere($0, [change]) }, capturing: hooks, memoryBudget: .max)
    // All begin with the same token, which is not changed.
    #expect(both.rowCount == 2 * plain.rowCount - 1)
  }
}
