import SteeringEngine
import Testing

/// Interventions that change nothing: the bits of a run without them.
@Suite struct NeutralInterventionTests {
  static let tokens: [Int32] = [5, 9, 33, 2, 17, 60, 41, 8, 22, 3, 11, 48]
  static let v = vector(1)

  static func vector(_ seed: Int) -> [Float] {
    var random = SeededRandom(seed: seed)
    return random.floats(32)
  }

  static let neutral: [(String, [Intervention])] = [
    ("no interventions", []),
    ("coefficient 0", [Intervention(.add(v, coefficient: 0), at: .residPost(0), positions: .all)]),
    (
      "v - v",
      [
        Intervention(.add(v, coefficient: 1.7), at: .residPost(1), positions: .from(4)),
        Intervention(.add(v, coefficient: -1.7), at: .residPost(1), positions: .from(4)),
      ]
    ),
    (
      "v - v under the two names of one place",
      [
        Intervention(.add(v, coefficient: 3), at: .residPost(0), positions: .all),
        Intervention(.add(v, coefficient: -3), at: .residPre(1), positions: .all),
      ]
    ),
    (
      "v - v where the block adds",
      [
        Intervention(.add(v, coefficient: 0.3), at: .attnOut(2), positions: .from(2)),
        Intervention(.add(v, coefficient: -0.3), at: .attnOut(2), positions: .from(2)),
      ]
    ),
    (
      "scale by 1",
      [
        Intervention(.scale(1), at: .residPost(0), positions: .all),
        Intervention(.scale(1), at: .mlpOut(1), positions: .from(5)),
        Intervention(.scale(1), at: .embed, positions: .all),
      ]
    ),
    ("no positions", [Intervention(.zero, at: .residPost(1), positions: .only([]))]),
    ("positions after the end", [Intervention(.zero, at: .residPost(1), positions: .from(12))]),
  ]

  @Test(arguments: Precision.allCases)
  func `what changes nothing changes no bit`(precision: Precision) throws {
    let engine = try Fixture.engine("heads-of-8", precision)
    let plain = try engine.capture([.readEverywhere(Self.tokens)], engine.allHooks)
    for (name, interventions) in Self.neutral {
      let changed = TokenSequence.readEverywhere(Self.tokens, interventions)
      let alone = try engine.capture([changed], engine.allHooks)
      #expect(plain.firstDifference(from: alone) == nil, "\(name)")
      let beside = try engine.capture([.readEverywhere(Self.tokens), changed], engine.allHooks)
      #expect(plain.firstDifference(from: beside.picking([0])) == nil, "\(name)")
      #expect(plain.firstDifference(from: beside.picking([1])) == nil, "\(name)")
    }
  }

  @Test func `an engine is as before after a run with interventions`() throws {
    let engine = try Fixture.engine("heads-of-8")
    let plain = try engine.capture([.readEverywhere(Self.tokens)], engine.allHooks)
    let zero = Intervention(.zero, at: .residPost(0), positions: .all)
    let changed = try engine.capture([.readEverywhere(Self.tokens, [zero])], engine.allHooks)
    #expect(plain.firstDifference(from: changed) != nil)
    let after = try engine.capture([.readEverywhere(Self.tokens)], engine.allHooks)
    #expect(plain.firstDifference(from: after) == nil)
  }
}
