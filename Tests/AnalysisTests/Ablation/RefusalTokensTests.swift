import Analysis
import Foundation
import ModelLibrary
import Prompts
import SteeringEngine
import Testing

@Suite("Tokens that refusals begin with")
struct RefusalTokensTests {
  private let lens: LensFixture
  private let prompts: [Prompt]

  init() throws {
    lens = try LensFixture()
    let words = ["the kill", "Hi", "in the house", "x the", "a cat", "ou", "kill in", "How do I"]
    let texts = words.flatMap { word in ["", " bad", " good", " a cat in"].map { word + $0 } }
    prompts = texts.enumerated().map { Prompt(id: "\($0)", text: $1) }
  }

  private func found(_ judge: String) throws -> RefusalTokens? {
    try RefusalTokens(
      foundIn: prompts, model: lens.model, engine: lens.engine, format: PromptFormat(),
      judge: makeJudge(judge), maxNewTokens: 5, memoryBudget: .max / 4, shouldStop: { false })
  }

  @Test("They are found in the model's own answers, as the judge tells them")
  func naive() throws {
    let encoder = try PromptEncoderFixture(lens.model)
    let sequences = try prompts.map { prompt in
      let tokens = try encoder.tokens(prompt.text)
      return TokenSequence(tokens: tokens, readPositions: [tokens.count - 1])
    }
    let generated = try lens.engine.generate(
      sequences.map { TokenSequence(tokens: $0.tokens, readPositions: []) },
      options: GenerationOptions(maxNewTokens: 5, stopTokens: lens.model.endTokens),
      memoryBudget: .max / 4)
    let distributions = try sequences.map { softmax(try lens.engine.logits($0)) }
    var compared = 0
    let said = try generated.map { try lens.model.tokenizer.decode($0.tokens) }
    let words = said.flatMap { $0.split { !$0.isLetter && !$0.isNumber }.map(String.init) }
    for phrase in Set(words).sorted() {
      let judge = try makeJudge("[refusal]\n\(phrase)\n")
      let kinds = try zip(generated, prompts).map { answer, prompt in
        let text = try lens.model.tokenizer.decode(answer.tokens)
        return AnswerKind(
          isRefusal: judge.isRefusal(text), defect: AnswerDefect(of: text, to: prompt.text))
      }
      let rows = [AnswerKind.refusal, .answer].map { kind in
        kinds.indices.filter { kinds[$0] == kind }
      }
      let tokens = try found("[refusal]\n\(phrase)\n")
      guard rows.allSatisfy({ $0.count >= 3 }) else {
        #expect(tokens == nil)
        continue
      }
      let judged = kinds.indices.filter { kinds[$0] != .broken }
      let expected = RefusalTokens.telling(
        judged.map { distributions[$0].map { Float($0) } },
        isRefusal: judged.map { kinds[$0] == .refusal })
      #expect((tokens?.ids ?? []) == (expected?.ids.sorted() ?? []))
      compared += 1
      guard case .answers(let refusals, let others, let area) = tokens?.origin else { continue }
      #expect(refusals == rows[0].count && others == rows[1].count)
      #expect(abs(area - (expected?.rocAUC ?? 0)) < 1e-9)
    }
    #expect(compared > 0, "\(said)")
  }

  @Test("Those are taken that tell best together, the surest first and as many as do no harm")
  func telling() throws {
    let refusals: [[Float]] = [[0.6, 0.2, 0, 0.1, 0.1], [0, 0.7, 0.1, 0.1, 0.1]]
    let answers: [[Float]] = [[0.1, 0, 0.8, 0, 0.1], [0.3, 0, 0.5, 0.1, 0.1]]
    let found = try #require(
      RefusalTokens.telling(refusals + answers, isRefusal: [true, true, false, false]))
    // Token 1 comes first (never before answers), then 3, then 0; all three still tell all apart.
    #expect(found.ids == [1, 3, 0] && found.rocAUC == 1)
    #expect(RefusalTokens.telling([[0.5, 0.5], [0.5, 0.5]], isRefusal: [true, false]) == nil)
  }

  @Test("A model that never refuses these prompts does not tell")
  func never() throws { #expect(try found("[refusal]\nzzzzzz\n") == nil) }
}
