import Analysis
import Foundation
import ModelLibrary
import Numerics
import Prompts
import SteeringEngine
import Testing

@Suite("Steered answers")
struct SteeredAnswersTests {
  let fixture: SweepFixture

  init() throws { fixture = try SweepFixture() }

  private func addition(alpha: Strength, isUnit: Bool = false) throws -> SteeringAddition {
    try SteeringAddition(
      vectors: fixture.vectors, path: "v.h5", layers: [0, 1], alpha: alpha, isUnit: isUnit)
  }

  private func answers(
    alpha: Strength, sign: SteeredAnswers.Sign = .fixed(1),
    prompts: [Prompt]? = nil, profile: ScansProfile = .paper
  ) throws -> [SteeredAnswer] {
    try SteeredAnswers(
      model: fixture.lens.model, engine: fixture.lens.engine,
      rule: SteeringRule(
        addition: addition(alpha: alpha), sign: sign, profile: profile, vectors: "v.h5"),
      format: PromptFormat(), judge: .standard(),
      options: AnswerOptions(maxNewTokens: 6), memoryBudget: .max / 4
    ).run(prompts ?? fixture.prompts)
  }

  @Test func `alpha 0 gives the unsteered answer`() throws {
    for answer in try answers(alpha: 0) { #expect(answer.steered == answer.unsteered) }
  }

  @Test func `an answer is that of the engine under the addition's interventions`() throws {
    let found = try answers(alpha: 3, sign: .fixed(-1))
    let encoder = try PromptEncoderFixture(fixture.lens.model)
    for (answer, prompt) in zip(found, fixture.prompts) {
      let tokens = try encoder.tokens(prompt.text)
      let interventions = try addition(alpha: 3).interventions(
        sigma: -1, queryEnd: tokens.count - 1)
      let generated = try fixture.lens.engine.generate(
        [TokenSequence(tokens: tokens, readPositions: [], interventions: interventions)],
        options: GenerationOptions(maxNewTokens: 6, stopTokens: fixture.lens.model.endTokens),
        memoryBudget: .max / 4)
      #expect(answer.steered.text == (try fixture.lens.model.tokenizer.decode(generated[0].tokens)))
      #expect(answer.sigma == -1 && answer.score == nil && answer.id == prompt.id)
    }
    #expect(found.contains { $0.steered.text != $0.unsteered.text })
  }

  @Test func `the divergence is the mean of KL along the unsteered answer, and 0 for alpha 0`()
    throws
  {
    for answer in try answers(alpha: 0) { #expect(answer.divergence == 0) }
    let (model, engine) = (fixture.lens.model, fixture.lens.engine)
    let encoder = try PromptEncoderFixture(model)
    for (answer, prompt) in zip(try answers(alpha: 3, sign: .fixed(-1)), fixture.prompts) {
      let own = try encoder.tokens(prompt.text)
      let said = try model.tokenizer.encode(answer.unsteered.text)
      var divergences: [Double] = []
      for place in 0..<max(said.count, 1) {
        let tokens = own + said.prefix(place)
        let distributions = try [
          [], addition(alpha: 3).interventions(sigma: -1, queryEnd: own.count - 1),
        ].map { interventions in
          softmax(
            try engine.logits(
              TokenSequence(
                tokens: tokens, readPositions: [tokens.count - 1], interventions: interventions)))
        }
        divergences.append(
          zip(distributions[0], distributions[1]).reduce(0) { $0 + $1.0 * log($1.0 / $1.1) })
      }
      let expected = divergences.reduce(0, +) / Double(divergences.count)
      // Scores are float32's, sums here in double precision.
      #expect(abs(answer.divergence - expected) < 1e-5 && expected > 0)
    }
  }

  @Test
  func `a share of the residual stream's length is what is added, whatever the vectors' length`()
    throws
  {
    var set = fixture.vectors
    set.residualNorms = [8, 2]
    for isUnit in [true, false] {
      for alpha in [Strength(0.25, unit: .residualNorm), -0.5] {
        let addition = try SteeringAddition(
          vectors: set, path: "v.h5", layers: [0, 1], alpha: alpha, isUnit: isUnit)
        let lengths = addition.interventions(sigma: -1, queryEnd: 5).compactMap { intervention in
          if case .add(let vector, let coefficient) = intervention.operation {
            Double(coefficient) * norm(vector)
          } else {
            nil
          }
        }
        let shares = try #require(addition.shares)
        for (layer, length) in lengths.enumerated() {
          #expect(abs(abs(length) / [8, 2][layer] - shares[layer]) < 1e-6)
          guard alpha.unit == .residualNorm else { continue }
          #expect(abs(shares[layer] - 0.25) < 1e-12 && length < 0)
        }
      }
    }
    #expect(
      sentence { _ = try addition(alpha: Strength(1, unit: .residualNorm)) }
        == "v.h5 does not say how long the residual stream is at its layers, so --alpha cannot be a "
        + "share of it; make the vectors again with `workbench vectors`, or give --alpha without n")
    #expect(try addition(alpha: 1).shares == nil)
  }

  @Test(arguments: ["3.5", "0.1n", "-2", "0n"])
  func `a strength is written as it is read`(text: String) throws {
    #expect(try #require(Strength(text)).description == text)
  }

  @Test(arguments: ["", "n", "x", "nan", "inf", "1e999", "0.1nn", "0.1 n"])
  func `what is no strength is none`(text: String) { #expect(Strength(text) == nil) }

  @Test func `vectors get length 1 where alpha is a length`() throws {
    let interventions = try addition(alpha: 2, isUnit: true).interventions(sigma: 1, queryEnd: 5)
    for intervention in interventions {
      guard case .add(let vector, let coefficient) = intervention.operation else {
        Issue.record("steering adds")
        continue
      }
      #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-6 && coefficient == 2)
      #expect(intervention.positions == .from(5))
    }
    #expect(interventions.map(\.hook) == [.residPost(0), .residPost(1)])
  }

  @Test func `the released code's profile drops white space around prompts`() throws {
    let padded = [Prompt(id: "a", text: "  the kill\n")]
    let plain = [Prompt(id: "a", text: "the kill")]
    let repo = try answers(alpha: 0, prompts: padded, profile: .repository)
    let expected = try answers(alpha: 0, prompts: plain)
    #expect(repo[0].unsteered == expected[0].unsteered)
    #expect(repo[0].prompt == "  the kill\n")
  }

  @Test func `layers of the profiles are those of the paper at its depth`() {
    #expect(ScansProfile.repository.steeredLayers(of: 32) == Array(10...19))
    #expect(ScansProfile.paper.steeredLayers(of: 32) == Array(10...20))
    #expect(ScansProfile.classifierLayers(of: 32) == Array(10...31))
    #expect(ScansProfile.repository.steeredLayers(of: 30) == Array(9...18))
  }

  @Test func `what cannot steer is refused`() {
    #expect(sentence { _ = try addition(alpha: Strength(.nan)) }.contains("finite number"))
    #expect(
      sentence {
        _ = try SteeringAddition(
          vectors: fixture.vectors, path: "v.h5", layers: [1, 2], alpha: 1, isUnit: true)
      } == "v.h5 has no vector at layer 2; it has 0-1")
    #expect(
      sentence {
        _ = try SteeringAddition(
          vectors: fixture.vectors, path: "v.h5", layers: [], alpha: 1, isUnit: true)
      } == "no layer is left to steer; name some with --layers")
  }
}
