import SteeringEngine
import Testing

/// What each operation leaves at its hook point, and which operations are the same.
@Suite struct OperationTests {
  static let tokens: [Int32] = [5, 9, 33, 2, 17, 60, 41, 8, 22, 3, 11, 48]
  static let hooks: [HookPoint] = [
    .embed, .residMid(1), .residPost(0), .residPost(2), .attnOut(1), .mlpOut(0),
  ]

  private let engine: SteeringEngine
  private let v: [Float]

  init() throws {
    engine = try Fixture.engine("heads-of-8")
    var random = SeededRandom(seed: 3)
    v = random.floats(engine.config.dModel)
  }

  /// Rows `[position][dModel]` at `hook` under some interventions.
  private func rows(_ hook: HookPoint, _ interventions: [Intervention]) throws -> [[Float]] {
    let sequence = TokenSequence.readEverywhere(Self.tokens, interventions)
    let values = try #require(try engine.capture([sequence], [hook]).rows[hook])[0]
    let width = values.count / Self.tokens.count
    return Self.tokens.indices.map { Array(values[$0 * width..<($0 + 1) * width]) }
  }

  @Test(arguments: hooks) func `add leaves x + c v`(hook: HookPoint) throws {
    let plain = try rows(hook, [])
    let found = try rows(
      hook, [Intervention(.add(v, coefficient: -1.5), at: hook, positions: .from(4))])
    for position in Self.tokens.indices {
      let expected = zip(plain[position], v).map { position < 4 ? $0 : $0 - 1.5 * $1 }
      #expect(distance(found[position], expected) <= 1e-6, "position \(position)")
    }
  }

  @Test(arguments: hooks) func `scale leaves the factor times x, bit for bit`(hook: HookPoint)
    throws
  {
    let plain = try rows(hook, [])
    let found = try rows(hook, [Intervention(.scale(-0.7), at: hook, positions: .only([2, 9]))])
    // What later tokens read at this hook may depend on changed ones only through attention below.
    #expect(found[2] == plain[2].map { -0.7 * $0 })
    #expect(found[9] == plain[9].map { -0.7 * $0 })
    #expect(found[3] == plain[3])
  }

  @Test(arguments: hooks) func `replace and zero leave what was given`(hook: HookPoint) throws {
    let replaced = try rows(hook, [Intervention(.replace(v), at: hook, positions: .from(6))])
    let zeroed = try rows(hook, [Intervention(.zero, at: hook, positions: .from(6))])
    for position in 6..<Self.tokens.count {
      #expect(replaced[position] == v)
      #expect(zeroed[position].allSatisfy { $0 == 0 })
    }
  }

  @Test(arguments: hooks)
  func `project out leaves nothing of the direction, whatever its length, and the rest as it was`(
    hook: HookPoint
  ) throws {
    let plain = try rows(hook, [])
    let unit = v.map { $0 / Float(norm(v)) }
    for length: Float in [1, 1e-3, 250] {
      let direction = v.map { $0 * length }
      let found = try rows(
        hook, [Intervention(.projectOut(direction), at: hook, positions: .all)])
      for (x, y) in zip(plain, found) {
        let along = Float(dot(x, unit))
        let expected = zip(x, unit).map { $0 - along * $1 }
        #expect(distance(y, expected) <= 1e-5)
        #expect(abs(dot(y, unit)) <= 1e-5 * norm(x))
      }
    }
  }

  @Test(arguments: hooks) func `projecting out twice is projecting out once`(hook: HookPoint)
    throws
  {
    let once = Intervention(.projectOut(v), at: hook, positions: .from(3))
    let last = HookPoint.residPost(engine.config.nLayers - 1)
    for (one, two) in zip(try rows(last, [once]), try rows(last, [once, once])) {
      #expect(distance(two, one) <= 1e-6)
    }
  }

  @Test(arguments: 0..<3)
  func `zeros in place of both branches are a skipped block, bit for bit`(layer: Int) throws {
    for positions in [Intervention.Positions.all, .from(5), .only([0, 7])] {
      let zeros = [HookPoint.attnOut(layer), .mlpOut(layer)].map {
        Intervention(.zero, at: $0, positions: positions)
      }
      for name in [HookPoint.residPost(layer), .attnOut(layer), .residPre(layer)] {
        let skip = Intervention(.skipBlock, at: name, positions: positions)
        for hook in [HookPoint.residPost(layer), .residPost(2), .logits] {
          #expect(try rows(hook, zeros) == rows(hook, [skip]), "\(positions), \(name), \(hook)")
        }
      }
    }
  }

  @Test func `a skipped block leaves what it read`() throws {
    let skip = Intervention(.skipBlock, at: .residPost(1), positions: .from(5))
    #expect(try rows(.residPost(1), [skip])[5...] == rows(.residPost(0), [])[5...])
  }

  @Test func `resid_post and the next block's resid_pre are one place`() throws {
    let last = HookPoint.residPost(2)
    let names = [HookPoint.residPost(0), .residPre(1)].map {
      [Intervention(.add(v, coefficient: 2), at: $0, positions: .from(3))]
    }
    #expect(try rows(last, names[0]) == rows(last, names[1]))
    #expect(try rows(.residPre(1), names[0]) == rows(.residPost(0), names[1]))
    let first = [HookPoint.embed, .residPre(0)].map {
      [Intervention(.scale(2), at: $0, positions: .from(3))]
    }
    #expect(try rows(last, first[0]) == rows(last, first[1]))
  }

  @Test func `what is added to a branch is added to the residual stream`() throws {
    let found = try [HookPoint.attnOut(1), .residMid(1)].map {
      try rows(.residPost(2), [Intervention(.add(v, coefficient: 1), at: $0, positions: .from(3))])
    }
    for (one, other) in zip(found[0], found[1]) { #expect(distance(one, other) <= 1e-5) }
  }

  private func dot(_ a: [Float], _ b: [Float]) -> Double {
    zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }

  private func norm(_ a: [Float]) -> Double { dot(a, a).squareRoot() }

  private func distance(_ a: [Float], _ b: [Float]) -> Double {
    norm(zip(a, b).map { $0 - $1 }) / norm(b)
  }
}
