import Analysis
import Foundation
import ModelLibrary
import SteeringEngine
import Testing

@Suite("Perplexity of texts")
struct PerplexityTests {
  private let fixture: CapabilityFixture
  private let text = "the kill in the house, a cat in the house; out, out\nand the end of it all"

  init() throws { fixture = try CapabilityFixture() }

  private func read(_ request: TextPerplexity.Request, _ text: String? = nil) throws
    -> TextPerplexity
  {
    try TextPerplexity(
      path: fixture.file("text.txt", text ?? self.text), model: fixture.model, request: request)
  }

  private func findings(
    _ request: TextPerplexity.Request, rule: SteeringRule? = nil
  ) throws -> PerplexityFindings {
    try Perplexity(
      model: fixture.model, engine: fixture.engine, rule: rule, memoryBudget: .max / 4
    ).run([read(request)])
  }

  private var tokens: [Int32] {
    get throws { try fixture.model.tokenizer.encode(text) }
  }

  @Test("A control token written in a text is that token, as for lm-evaluation-harness")
  func controlTokens() throws {
    let texts = [
      try read(.init(), "the kill in the house"),
      try read(.init(), "the kill<|im_end|> in the house"),
    ]
    let found = try Perplexity(
      model: fixture.model, engine: fixture.engine, rule: nil, memoryBudget: .max / 4
    ).run(texts)
    #expect(found.texts[1].tokens == found.texts[0].tokens + 1)
  }

  @Test("Every token is scored once, after BOS or the last token of the window before")
  func rolling() throws {
    let tokens = try tokens
    let bos = try #require(fixture.model.tokenizer.specialTokens.bos)
    let found = try findings(.init(window: 10), rule: fixture.rule())
    let windows = found.texts[0].windows
    #expect(windows.map(\.scored).reduce(0, +) == tokens.count)
    #expect(windows.map(\.first) == Array(stride(from: 0, to: tokens.count, by: 10)))
    for window in windows {
      let part = Array(tokens[window.first..<window.first + window.scored])
      let read = [window.first == 0 ? bos : tokens[window.first - 1]] + part.dropLast()
      let plain = try fixture.loss(of: read, targets: part)
      let steered = try fixture.loss(of: read, targets: part, steeredFrom: 0)
      #expect(abs(window.losses[0] / plain - 1) < 1e-5)
      #expect(abs(window.losses[1] / steered - 1) < 1e-5)
      #expect(window.sign == PromptSign(sigma: -1, score: nil))
    }
  }

  @Test("Figures are lm-evaluation-harness's, per token, word and byte")
  func figures() throws {
    let text = try findings(.init()).texts[0]
    let loss = text.windows[0].losses[0]
    let figures = text.figures(variant: 0)
    #expect(text.words == 18 && text.bytes == self.text.utf8.count && text.windows.count == 1)
    #expect(text.tokens == (try tokens.count))
    #expect(figures.tokenPerplexity == exp(loss / Double(text.tokens)))
    #expect(figures.wordPerplexity == exp(loss / 18))
    #expect(figures.bytePerplexity == exp(loss / Double(text.bytes)))
    let bits = try #require(figures.bitsPerByte)
    #expect(abs(pow(2, bits) - exp(loss / Double(text.bytes))) < 1e-9)
  }

  @Test("The first tokens of a text are as a text of them alone")
  func cutting() throws {
    let cut = try findings(.init(window: 10, maxTokens: 12))
    let whole = try findings(.init(window: 10))
    #expect(cut.texts[0].tokens == 12 && cut.texts[0].windows.count == 2)
    #expect(cut.texts[0].windows[0].losses == whole.texts[0].windows[0].losses)
    let start = try fixture.model.tokenizer.decode(try tokens.prefix(12))
    #expect(cut.texts[0].bytes == start.utf8.count)
  }

  @Test("A chat's chunks are the template of the first half, and the second half")
  func chat() throws {
    let tokens = try tokens
    let encoder = try PromptEncoder(model: fixture.model, format: PromptFormat())
    let template = try encoder.encode("a").tokens.count
    let found = try findings(.init(format: .chat, window: template + 8), rule: fixture.rule())
    let windows = found.texts[0].windows
    #expect(windows.count == tokens.count / 8)
    var means: [Double] = []
    for (index, window) in windows.enumerated() {
      #expect(window.first == 8 * index)
      let chunk = Array(tokens[8 * index..<8 * index + 8])
      let half = try fixture.model.tokenizer.decode(chunk.prefix(4))
      let query = try encoder.encode(half)
      let whole = Array((query.tokens + chunk.suffix(4)).prefix(template + 9))
      let (read, targets) = (Array(whole.dropLast()), Array(whole.dropFirst()))
      #expect(window.scored == targets.count)
      let plain = try fixture.loss(of: read, targets: targets)
      let steered = try fixture.loss(
        of: read, targets: targets, steeredFrom: query.queryEnd)
      #expect(abs(window.losses[0] / plain - 1) < 1e-5)
      #expect(abs(window.losses[1] / steered - 1) < 1e-5)
      means.append(plain / Double(targets.count))
    }
    let figures = found.texts[0].figures(variant: 0)
    let expected = exp(means.reduce(0, +) / Double(means.count))
    #expect(abs(figures.tokenPerplexity / expected - 1) < 1e-5)
    #expect(figures.wordPerplexity == nil && figures.bitsPerByte == nil)
  }

  @Test("Alpha 0 leaves every loss as it is, and small budgets change none")
  func neutral() throws {
    let found = try findings(.init(window: 10), rule: fixture.rule(alpha: 0))
    for window in found.texts[0].windows { #expect(window.losses[0] == window.losses[1]) }
    let small = try Perplexity(
      model: fixture.model, engine: fixture.engine, rule: nil, memoryBudget: 40_000
    ).run([read(.init(window: 10))])
    #expect(
      small.texts[0].windows.map(\.losses[0]) == found.texts[0].windows.map(\.losses[0]))
  }

  @Test("Sigma is found for every window from its own text")
  func signs() throws {
    var vectors = fixture.sweep.vectors
    vectors.harmDirections = vectors.vectors
    let classifier = try HarmClassifier(
      vectors: vectors, path: "v.h5", layers: nil, threshold: .value(0))
    let found = try findings(
      .init(window: 10), rule: fixture.rule(sign: .classifier(classifier)))
    let scores = found.texts[0].windows.compactMap(\.sign?.score)
    #expect(scores.count == found.texts[0].windows.count && Set(scores).count == scores.count)
    for sign in found.texts[0].windows.compactMap(\.sign) {
      #expect(sign.sigma == (sign.score ?? 0 >= 0 ? 1 : -1))
    }
  }

  @Test("A JSONL file is its texts, joined by blank lines")
  func lines() throws {
    let joined = try read(.init(), "the kill\n\nin the house")
    let path = try fixture.file(
      "texts.jsonl", #"{"text": "the kill"}"# + "\n" + #"{"text": "in the house", "url": "x"}"#)
    let lines = try TextPerplexity(path: path, model: fixture.model)
    #expect(lines.tokenCount == joined.tokenCount && lines.byteCount == joined.byteCount)
  }

  @Test("What is no text is refused with its name")
  func refusals() throws {
    #expect(sentence { _ = try read(.init(), "") }.contains("text.txt has 0 tokens, too few for"))
    #expect(
      sentence { _ = try TextPerplexity(path: "none.txt", model: fixture.model) }
        .hasPrefix("none.txt: the file cannot be read (it does not exist)"))
    let small = sentence { _ = try read(.init(format: .chat, window: 4)) }
    #expect(small.hasPrefix("windows of 4 tokens leave no room for text beside the chat templ"))
    let path = try fixture.file("bad.jsonl", #"{"body": "the kill"}"#)
    #expect(
      sentence { _ = try TextPerplexity(path: path, model: fixture.model) }
        .contains("bad.jsonl: there is no column 'text'"))
  }

  @Test("A request to stop ends it")
  func stopping() throws {
    let work = Perplexity(
      model: fixture.model, engine: fixture.engine, rule: nil, memoryBudget: .max / 4)
    let text = try read(.init())
    #expect(sentence { _ = try work.run([text], shouldStop: { true }) } == "interrupted")
  }
}
