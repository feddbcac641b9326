import CKernels
import Foundation
import Numerics

/// Chooses one answer's tokens, one after another, from scores over the vocabulary.
struct TokenChooser: Sendable {
  private let options: GenerationOptions
  private var random: SplitMix64
  /// Tokens of the prompt and of the answer so far, where they are penalised.
  private(set) var penalised: TokenSet?

  /// `sequence` is the index in the run, which decides on the draws together with the seed.
  init(options: GenerationOptions, prompt: [Int32], dVocab: Int, sequence: Int) {
    self.options = options
    penalised = options.repetitionPenalty == 1 ? nil : TokenSet(prompt, dVocab: dVocab)
    if case .nucleus(_, _, let seed) = options.sampling {
      var seeds = SplitMix64(seed: seed)
      random = SplitMix64(seed: seeds.next() &+ UInt64(sequence) &* 0x9E37_79B9_7F4A_7C15)
    } else {
      random = SplitMix64(seed: 0)
    }
  }

  /// Chooses the next token; `scores`, `[dVocab]` and finite, are overwritten.
  mutating func choose(from scores: UnsafeMutableBufferPointer<Float>) -> Int32 {
    penalise(scores)
    let token: Int32 =
      switch options.sampling {
      case .greedy: Int32(ck_argmax(scores.baseAddress, scores.count))
      case .nucleus(let temperature, let topP, _): draw(scores, temperature, topP)
      }
    penalised?.insert(token)
    return token
  }

  /// Chooses the next token where the options choose the largest; `scores` have all tokens, penalised ones
  /// aside, whose score is the largest, and all penalised ones whose score is not below that.
  mutating func choose(among scores: [ScoredOutput]) -> Int32 {
    var best = ScoredOutput(output: .max, score: -.infinity)
    for var token in scores {
      if penalised?.contains(token.output) == true { token.score = afterPenalty(token.score) }
      if (token.score, best.output) > (best.score, token.output) { best = token }
    }
    penalised?.insert(best.output)
    return best.output
  }

  private func penalise(_ scores: UnsafeMutableBufferPointer<Float>) {
    for token in penalised?.tokens ?? [] { scores[Int(token)] = afterPenalty(scores[Int(token)]) }
  }

  /// The rule of Hugging Face's `RepetitionPenaltyLogitsProcessor`.
  private func afterPenalty(_ score: Float) -> Float {
    score < 0 ? score * options.repetitionPenalty : score / options.repetitionPenalty
  }

  /// Draws from the fewest most likely tokens whose probability reaches `topP`.
  private mutating func draw(
    _ scores: UnsafeMutableBufferPointer<Float>, _ temperature: Float, _ topP: Float
  ) -> Int32 {
    let largest = scores[ck_argmax(scores.baseAddress, scores.count)]
    var total = 0.0
    for index in scores.indices {
      scores[index] = expf((scores[index] - largest) / temperature)
      total += Double(scores[index])
    }
    // All tokens below this share together weigh less than what top-p leaves out.
    let floor = Float((1 - Double(topP)) * total / Double(scores.count))
    var candidates = scores.indices.filter { scores[$0] >= floor }
    candidates.sort { (scores[$0], $1) > (scores[$1], $0) }
    var kept = 0.0
    var count = 0
    while count < candidates.count, count == 0 || kept < Double(topP) * total {
      kept += Double(scores[candidates[count]])
      count += 1
    }
    var left = Double.random(in: 0..<1, using: &random) * kept
    for candidate in candidates[..<count] {
      left -= Double(scores[candidate])
      if left < 0 { return Int32(candidate) }
    }
    return Int32(candidates[count - 1])
  }
}

/// Tokens of a vocabulary, as a list and as bits.
struct TokenSet: Sendable {
  /// In the order in which they came.
  private(set) var tokens: [Int32] = []
  /// 16 tokens a word, the lowest bit first.
  private(set) var bits: [UInt16]

  init(_ tokens: [Int32], dVocab: Int) {
    bits = [UInt16](repeating: 0, count: (dVocab + 15) / 16)
    for token in tokens { insert(token) }
  }

  func contains(_ token: Int32) -> Bool {
    bits[Int(token) / 16] >> UInt16(token % 16) & 1 == 1
  }

  mutating func insert(_ token: Int32) {
    guard !contains(token) else { return }
    tokens.append(token)
    bits[Int(token) / 16] |= 1 << UInt16(token % 16)
  }
}
