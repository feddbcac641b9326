import Foundation
import SteeringEngine
import Testing

/// Drawn answers: by the right probabilities, and the same for the same seed.
@Suite struct SamplingTests {
  private let engine: SteeringEngine
  private let prompts: [TokenSequence]

  init() throws {
    engine = try Fixture.engine("heads-of-8")
    prompts = steeredPrompts(of: engine, 12)
  }

  private func options(
    _ maxNewTokens: Int, temperature: Float = 1, topP: Float = 1, seed: UInt64 = 1,
    batchRows: Int = 128
  ) -> GenerationOptions {
    GenerationOptions(
      maxNewTokens: maxNewTokens,
      sampling: .nucleus(temperature: temperature, topP: topP, seed: seed),
      stopTokens: [], batchRows: batchRows)
  }

  @Test func `the same seed draws the same, another seed something else`() throws {
    let first = try engine.answers(prompts, options(12))
    #expect(try engine.answers(prompts, options(12)) == first)
    let other = try engine.answers(prompts, options(12, seed: 2))
    #expect(zip(first, other).filter { $0.tokens == $1.tokens }.isEmpty)
  }

  @Test func `a draw depends on nothing but the seed and the sequence's own index`() throws {
    let expected = try engine.answers(prompts, options(12))
    #expect(try engine.answers(prompts, options(12, batchRows: 2)) == expected)
    let few = try engine.answers(Array(prompts[..<5]), options(12))
    #expect(few == Array(expected[..<5]))
    let alone = try Fixture.engine("heads-of-8", threads: 1).answers(prompts, options(12))
    #expect(alone == expected)
  }

  @Test func `a tiny share and a tiny temperature leave the best token`() throws {
    let greedy = try engine.answers(prompts, .greedy(12))
    #expect(try engine.answers(prompts, options(12, topP: 1e-6)) == greedy)
    #expect(try engine.answers(prompts, options(12, temperature: 1e-4)) == greedy)
  }

  @Test(arguments: [(Float(1), Float(1)), (0.7, 0.8), (2.5, 0.5)])
  func `tokens come as often as their probability in the nucleus says`(
    temperature: Float, topP: Float
  ) throws {
    let copies = 4000
    let prompt = TokenSequence(tokens: [4, 8, 15, 16, 23, 42], readPositions: [5])
    let found = try engine.answers(
      .init(repeating: prompt, count: copies),
      options(1, temperature: temperature, topP: topP, seed: 9, batchRows: 512))
    let scores = try engine.capture([prompt], [.logits]).rows[.logits, default: []][0]
    let expected = nucleus(scores, temperature: Double(temperature), topP: Double(topP))
    var counts = [Int](repeating: 0, count: scores.count)
    for answer in found { counts[Int(answer.tokens[0])] += 1 }
    for (token, p) in expected.enumerated() {
      // Five standard deviations of the count: a chance of one in a million for each token.
      let allowed = 5 * (p * (1 - p) * Double(copies)).squareRoot()
      #expect(abs(Double(counts[token]) - p * Double(copies)) <= allowed, "token \(token)")
    }
  }

  /// Probabilities cut to the fewest tokens that together reach `topP`, and scaled to sum 1.
  private func nucleus(_ scores: [Float], temperature: Double, topP: Double) -> [Double] {
    let highest = Double(scores.max() ?? 0)
    let weights = scores.map { exp((Double($0) - highest) / temperature) }
    let sum = weights.reduce(0, +)
    var kept = [Double](repeating: 0, count: scores.count)
    var reached = 0.0
    for token in weights.indices.sorted(by: { weights[$0] > weights[$1] }) where reached < topP {
      kept[token] = weights[token] / sum
      reached += kept[token]
    }
    return kept.map { $0 / reached }
  }
}
