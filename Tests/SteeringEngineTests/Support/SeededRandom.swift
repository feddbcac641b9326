import Numerics

/// Reproducible random numbers for tests.
struct SeededRandom: RandomNumberGenerator {
  private var source: SplitMix64

  init(seed: Int) { source = SplitMix64(seed: UInt64(bitPattern: Int64(seed))) }

  mutating func next() -> UInt64 { source.next() }

  /// Numbers of mean 0 and variance 1, in [-3.5, 3.5].
  mutating func floats(_ count: Int) -> [Float] {
    (0..<count).map { _ in
      (0..<4).reduce(Float(0)) { sum, _ in
        sum + Float.random(in: -0.866...0.866, using: &self)
      }
    }
  }

  /// Token sequences that begin alike, with repetitions, prefixes of one another and single tokens.
  mutating func tokenSequences(_ count: Int, vocabulary: Int, longest: Int) -> [[Int32]] {
    var sequences: [[Int32]] = []
    for _ in 0..<count {
      let model = sequences.randomElement(using: &self) ?? []
      let kept = Int.random(in: 0...model.count, using: &self)
      switch Int.random(in: 0..<8, using: &self) {
      case 0 where !model.isEmpty: sequences.append(model)
      case 1 where kept > 0: sequences.append(Array(model[..<kept]))
      case 2: sequences.append([Int32.random(in: 0..<Int32(vocabulary), using: &self)])
      default:
        let added = Int.random(in: 1...max(longest - kept, 1), using: &self)
        let tail = (0..<added).map { _ in Int32.random(in: 0..<Int32(vocabulary), using: &self) }
        sequences.append(Array((model[..<kept] + tail).prefix(longest)))
      }
    }
    return sequences
  }
}
