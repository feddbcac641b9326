import Analysis
import Foundation
import Numerics
import Testing

@Suite("A row of scores: its best tokens, its ranks, its softmax")
struct ScoreTests {
  /// Scores of few values, so that many are equal.
  private static func scores(_ count: Int, levels: Int, seed: UInt64) -> [Float] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in Float(Int.random(in: 0..<levels, using: &random)) / 4 - 3 }
  }

  /// All tokens, highest score first, equal scores by id.
  private static func sorted(_ scores: [Float]) -> [TokenScore] {
    scores.enumerated().map { TokenScore(id: $0.offset, score: $0.element) }
      .sorted { ($1.score, $0.id) < ($0.score, $1.id) }
  }

  @Test(
    "The highest and lowest tokens are those of a full sort, ties by lower id",
    arguments: [1, 2, 7, 300, 400])
  func extremes(count: Int) {
    for (seed, levels) in [(1, 3), (2, 40), (3, 100_000)] {
      let scores = Self.scores(300, levels: levels, seed: UInt64(seed))
      let negated = Self.sorted(scores.map { -$0 })
      scores.withUnsafeBufferPointer { row in
        #expect(row.highest(count) == Array(Self.sorted(scores).prefix(count)))
        #expect(row.lowest(count).map(\.id) == negated.prefix(count).map(\.id))
        #expect(row.lowest(count).map(\.score) == negated.prefix(count).map { -$0.score })
      }
    }
  }

  @Test("A rank is the place in a full sort, counted from 1")
  func ranks() {
    let scores = Self.scores(200, levels: 9, seed: 4)
    scores.withUnsafeBufferPointer { row in
      for (place, token) in Self.sorted(scores).enumerated() {
        #expect(
          row.standing(of: token.id)
            == TokenStanding(id: token.id, score: token.score, rank: place + 1))
      }
    }
  }

  /// The softmax in double precision, without any care but the largest score.
  private static func softmax(_ scores: [Float]) -> [Double] {
    let highest = Double(scores.max() ?? 0)
    let weights = scores.map { exp(Double($0) - highest) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }

  private static func read(_ scores: [Float]) -> (logSum: Double, entropy: Double) {
    scores.withUnsafeBufferPointer { ($0.logSum, $0.entropy(logSum: $0.logSum)) }
  }

  @Test("Entropy and the sum of exponentials are those of a softmax written out")
  func distribution() {
    for seed in 1...5 {
      let scores = Self.scores(500, levels: 100, seed: UInt64(seed))
      let expected = Self.softmax(scores)
      let (logSum, entropy) = Self.read(scores)
      for (score, probability) in zip(scores, expected) {
        // Exponentials are within 2 units in the last place of float32, 2^-22.
        #expect(abs(exp(Double(score) - logSum) / probability - 1) < 0x1p-22)
      }
      #expect(abs(entropy - expected.reduce(0) { $0 - $1 * log($1) }) < 1e-12)
    }
  }

  @Test("Entropy goes from 0 to the logarithm of the vocabulary, however large the scores")
  func bounds() {
    for offset in [Float(0), -80_000, 80_000] {
      let equal = [Float](repeating: offset, count: 64)
      let uniform = Self.read(equal)
      #expect(abs(uniform.entropy - log(64)) < 1e-12)
      #expect(abs(uniform.logSum - Double(offset) - log(64)) < 1e-9)
      let certain = Self.read([offset + 5000] + equal)
      #expect(certain.entropy == 0 && certain.logSum == Double(offset + 5000))
    }
  }

  @Test("KL is that of two softmaxes written out, never negative, and 0 for equal scores")
  func divergence() {
    for seed in 1...5 {
      let model = Self.scores(400, levels: 60, seed: UInt64(seed))
      let lens = Self.scores(400, levels: 60, seed: UInt64(seed + 100))
      let (p, q) = (Self.softmax(model), Self.softmax(lens))
      let expected = zip(p, q).reduce(0) { $0 + $1.0 * (log($1.0) - log($1.1)) }
      let output = model.withUnsafeBufferPointer {
        ModelOutput($0, logSum: $0.logSum)
      }
      func divergence(_ scores: [Float]) -> Double {
        scores.withUnsafeBufferPointer {
          output.divergence(of: $0, logSum: $0.logSum)
        }
      }
      // Two sums of exponentials in float32 are in it.
      #expect(abs(divergence(lens) - expected) < 0x1p-21)
      #expect(divergence(model) == 0)
      // The softmax does not see what is added to all scores; 16 is exact in every sum.
      #expect(divergence(model.map { $0 + 16 }) < 1e-13)
      #expect(divergence(model.map { $0 + 16 }) >= 0)
    }
  }
}
