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

  @Test("They are likely before the model's refusals, and four times less so before other answers")
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
      func mean(_ rows: [Int], _ id: Int) -> Double {
        rows.reduce(0) { $0 + distributions[$1][id] } / Double(rows.count)
      }
      let tokens = try found("[refusal]\n\(phrase)\n")
      guard rows.allSatisfy({ $0.count >= 3 }) else {
        #expect(tokens == nil)
        continue
      }
      let means = rows.map { rows in (0..<lens.model.config.dVocab).map { mean(rows, $0) } }
      let expected = RefusalTokens.telling(refusing: means[0], answering: means[1])
      #expect((tokens?.ids ?? []) == expected)
      compared += 1
      guard let tokens else { continue }
      #expect(tokens.origin == .answers(refusals: rows[0].count, others: rows[1].count))
      #expect(tokens.texts.count == tokens.ids.count)
    }
    #expect(compared > 0, "\(said)")
  }

  @Test("A token tells if it has 1% before refusals, and four times what it has before answers")
  func telling() {
    #expect(
      RefusalTokens.telling(
        refusing: [0.5, 0.3, 0.011, 0.009, 0, 0.18], answering: [0.2, 0.05, 0, 0, 0.7, 0.05])
        == [1, 2])
  }

  @Test("A model that never refuses these prompts does not tell")
  func never() throws { #expect(try found("[refusal]\nzzzzzz\n") == nil) }
}
