import Analysis
import ModelLibrary
import Prompts
import SteeringEngine
import Testing

@Suite("Summaries")
struct SummariesTests {
  private let fixture: CapabilityFixture

  init() throws { fixture = try CapabilityFixture() }

  private func findings(
    _ texts: [String], rule: SteeringRule? = nil, model: LanguageModel? = nil
  ) throws -> SummaryFindings {
    let path = try fixture.file(
      "documents.jsonl",
      texts.map { #"{"id": "\#($0.prefix(3))", "document": "\#($0)", "summary": "kill the"}"# }
        .joined(separator: "\n"))
    return try Summaries(
      model: model ?? fixture.model(context: 256), engine: engine(model), rule: rule,
      format: PromptFormat(), options: AnswerOptions(maxNewTokens: 6, repetitionPenalty: 1.1),
      memoryBudget: .max / 4
    ).run(DocumentSet.read(path: path).documents)
  }

  private func engine(_ model: LanguageModel?) throws -> SteeringEngine {
    try SteeringEngine(
      checkpoint: (model ?? fixture.model(context: 256)).checkpoint, precision: .f32, threads: 2)
  }

  @Test("A summary is the model's greedy answer to the paper's prompt, with its ROUGE")
  func answers() throws {
    let found = try findings(["the house", "a cat in it"], rule: fixture.rule())
    let model = try fixture.model(context: 256)
    let encoder = try PromptEncoder(model: model, format: PromptFormat())
    for (item, text) in zip(found.items, ["the house", "a cat in it"]) {
      let prompt = try encoder.encode(
        "Document:\(text)\nBased on the previous text, provide a brief single summary:")
      let steering = try fixture.steering(from: prompt.queryEnd)
      for (answer, interventions) in zip(item.answers, [[], steering]) {
        let generated = try engine(nil).generate(
          [
            TokenSequence(
              tokens: prompt.tokens, readPositions: [], interventions: interventions)
          ],
          options: GenerationOptions(
            maxNewTokens: 6, repetitionPenalty: 1.1, stopTokens: model.endTokens),
          memoryBudget: .max / 4)
        #expect(answer.text == (try model.tokenizer.decode(generated[0].tokens)))
      }
      for (answer, scores) in zip(item.answers, item.scores) {
        #expect(scores == Rouge(summary: answer.text, reference: "kill the").scores)
      }
      #expect(!item.isCut && item.sign?.sigma == -1)
    }
    #expect(found.items.map(\.id) == ["the", "a c"])
  }

  @Test("Of a document that is too long the beginning is read")
  func cutting() throws {
    let long = String(repeating: "the kill in ", count: 100)
    let found = try findings(["short", long])
    #expect(found.items.map(\.isCut) == [false, true])
    let none = sentence { _ = try findings(["short"], model: fixture.model(context: 64)) }
    #expect(none.hasPrefix("sho does not fit the model's context of 64 tokens, however short"))
  }

  @Test("Means are over the documents")
  func means() throws {
    let found = try findings(["the house", "a cat in it"])
    let f = found.items.map { $0.scores[0][0].f }
    #expect(found.means(variant: 0)[0].f == (f[0] + f[1]) / 2)
  }
}
