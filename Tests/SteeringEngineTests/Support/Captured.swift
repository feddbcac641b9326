import Checkpoints
import SteeringEngine

/// What a run delivered: by hook point, each sequence's rows `[read, width]`.
struct Captured {
  var rows: [HookPoint: [[Float]]] = [:]

  /// Sorts the rows of one delivery to their sequences.
  mutating func add(_ captured: CapturedRows, _ sequences: [TokenSequence]) {
    var start = 0
    for sequence in captured.sequences {
      let count = sequences[sequence].readPositions.count * captured.width
      let values = Array(captured.values[start..<start + count])
      rows[captured.hook, default: .init(repeating: [], count: sequences.count)][sequence] = values
      start += count
    }
  }

  /// The rows of some sequences, in the order asked for.
  func picking(_ sequences: [Int]) -> Captured {
    Captured(rows: rows.mapValues { all in sequences.map { all[$0] } })
  }

  /// The first place where the bits differ from those of `other`, or nil.
  func firstDifference(from other: Captured) -> String? {
    guard rows.keys == other.rows.keys else { return "the hook points differ" }
    for hook in rows.keys.sorted(by: { $0.description < $1.description }) {
      let (mine, theirs) = (rows[hook, default: []], other.rows[hook, default: []])
      guard mine.count == theirs.count else { return "\(hook): the sequences differ" }
      for (sequence, (a, b)) in zip(mine, theirs).enumerated() {
        guard a.count == b.count else { return "\(hook), sequence \(sequence): sizes differ" }
        if let i = a.indices.first(where: { a[$0].bitPattern != b[$0].bitPattern }) {
          return "\(hook), sequence \(sequence), element \(i): \(a[i]) and \(b[i])"
        }
      }
    }
    return nil
  }
}

extension SteeringEngine {
  func capture(
    _ sequences: [TokenSequence], _ hooks: [HookPoint], memoryBudget: Int = .max
  ) throws -> Captured {
    let plan = try plan(sequences, capturing: hooks, memoryBudget: memoryBudget)
    var captured = Captured()
    try run(sequences, plan: plan, capturing: hooks) { captured.add($0, sequences) }
    return captured
  }

  /// Every hook point of the model.
  var allHooks: [HookPoint] {
    HookSite.allCases.flatMap { site in
      site.isPerBlock ? (0..<config.nLayers).map(site.point) : [site.point(at: 0)]
    }
  }
}

extension [TokenSequence] {
  /// Sequences of random tokens, some read at every position, some at the last, some at a few.
  static func random(_ count: Int, vocabulary: Int, seed: Int, longest: Int = 30) -> Self {
    var random = SeededRandom(seed: seed)
    let sequences = random.tokenSequences(count, vocabulary: vocabulary, longest: longest)
    return sequences.enumerated().map { index, tokens in
      let positions: [Int] =
        switch index % 3 {
        case 0: Array<Int>(tokens.indices)
        case 1: [tokens.count - 1]
        default: tokens.indices.filter { _ in Bool.random(using: &random) }
        }
      return TokenSequence(tokens: tokens, readPositions: positions)
    }
  }
}
