import SteeringEngine
import Testing

/// Few rows are multiplied by all workers together and many in tiles; at widths like a real model's,
/// whose weights are unpacked in several stretches, no bit may tell.
@Suite struct JointRowsTests {
  static let model = RandomLlama(
    dHead: 64, nHeads: 9, nKVHeads: 3, width: 576, innerWidth: 1536, vocabulary: 320, seed: 5)

  @Test(arguments: Setup.all.filter { $0.model == "heads-of-8" }, [1, 2, 3])
  func `a row alone and among many`(setup: Setup, threads: Int) throws {
    let engine = try Fixture.engine(
      of: Self.model.checkpoint(), setup.precision, threads: threads,
      instructionSet: setup.instructionSet)
    var random = SeededRandom(seed: 11)
    let sequences = (0..<9).map { length in
      TokenSequence(
        tokens: (0..<2 + 5 * length).map { _ in Int32.random(in: 0..<320, using: &random) },
        readPositions: [0, 1 + 5 * length])
    }
    let hooks: [HookPoint] = [.residMid(0), .residPost(0), .attnOut(1), .residPost(1), .logits]
    let together = try engine.capture(sequences, hooks)
    for index in sequences.indices {
      let alone = try engine.capture([sequences[index]], hooks)
      #expect(together.picking([index]).firstDifference(from: alone) == nil, "sequence \(index)")
    }
  }
}
