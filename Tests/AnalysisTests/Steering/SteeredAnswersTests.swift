import Analysis
import ModelLibrary
import Prompts
import SteeringEngine
import Testing

@Suite("Steered answers")
struct SteeredAnswersTests {
  let fixture: SweepFixture

  init() throws { fixture = try SweepFixture() }

  private func addition(alpha: Double, isUnit: Bool = false) throws -> SteeringAddition {
    try SteeringAddition(
      vectors: fixture.vectors, path: "v.h5", layers: [0, 1], alpha: alpha, isUnit: isUnit)
  }

  private func answers(
    alpha: Double, sign: SteeredAnswers.Sign = .fixed(1),
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
    #expect(sentence { _ = try addition(alpha: .nan) }.contains("finite number"))
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
