import ModelLibrary
import TestSupport
import Testing

@Suite("A prompt becomes tokens in the model's own format")
struct PromptEncoderTests {
  private func pieces(_ prompt: EncodedPrompt, _ model: LanguageModel) throws -> [String] {
    try prompt.tokens.map { try model.tokenizer.piece(of: $0) }
  }

  @Test("The query ends with the generation prompt's line break")
  func queryEnd() throws {
    let model = try ChatModel.open()
    let prompt = try PromptEncoder(model: model, format: PromptFormat()).encode("Hi")
    #expect(prompt.text == "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n")
    #expect(try model.tokenizer.decode(prompt.tokens) == prompt.text)
    #expect(prompt.queryEnd == prompt.tokens.count - 1 && prompt.last == prompt.queryEnd)
    #expect(try pieces(prompt, model)[prompt.queryEnd] == "\\n")
  }

  @Test("A response moves the last token and nothing else")
  func response() throws {
    let model = try ChatModel.open()
    let plain = try PromptEncoder(model: model, format: PromptFormat()).encode("Hi")
    let sure = try PromptEncoder(model: model, format: PromptFormat(response: "Sure")).encode("Hi")
    #expect(sure.queryEnd == plain.queryEnd)
    #expect(Array(sure.tokens.prefix(plain.tokens.count)) == plain.tokens)
    #expect(sure.last == sure.queryEnd + 4)
    #expect(sure.text == plain.text + "Sure")
  }

  @Test("A response that becomes one token with the end of the query is an error")
  func merging() throws {
    let model = try ChatModel.open()
    // The template ends in a line break, and two of them are one token.
    let chat = try PromptEncoder(model: model, format: PromptFormat(response: "\nSure"))
    #expect(throws: Never.self) { try chat.encode("Hi") }
    let blank = try PromptEncoder(model: model, format: PromptFormat(response: "\n"))
    let error = #expect(throws: ModelError.self) { try blank.encode("Hi") }
    #expect(error?.description.hasPrefix("the response \"\\n\" merges with the end") == true)
    let raw = try PromptEncoder(model: model, format: PromptFormat(response: "n", raw: true))
    #expect(throws: ModelError.self) { try raw.encode("i") }
    #expect(try raw.encode("o").tokens.count == 2)
  }

  @Test("A system message goes in front, through the template")
  func system() throws {
    let model = try ChatModel.open()
    let format = PromptFormat(system: "Be kind.")
    let prompt = try PromptEncoder(model: model, format: format).encode("Hi")
    #expect(prompt.text.hasPrefix("<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHi"))
  }

  @Test("A raw prompt is the whole text; without tokens it is an error")
  func raw() throws {
    let model = try ChatModel.open()
    let encoder = try PromptEncoder(model: model, format: PromptFormat(raw: true))
    #expect(try encoder.encode("the kill").text == "the kill")
    #expect(try pieces(encoder.encode("he kill"), model) == ["he", " kill"])
    #expect(throws: ModelError.self) { try encoder.encode("") }
  }

  @Test("BOS comes once: from the template, or in front of raw text where the model wants it")
  func bos() throws {
    let scratch = try Scratch()
    let addsBOS = Array("tokenizer.ggml.add_bos_token".utf8) + [7, 0, 0, 0]
    let model = try ChatModel.open(
      replacing: [
        (Array("{# BOS: here #}".utf8), Array("{{ bos_token }}".utf8)),
        (addsBOS + [0], addsBOS + [1]),
      ], in: scratch)
    func bosCount(_ text: String, raw: Bool) throws -> Int {
      let encoder = try PromptEncoder(model: model, format: PromptFormat(raw: raw))
      let tokens = try encoder.encode(text).tokens
      #expect(tokens.first == 0)
      return tokens.count { $0 == 0 }
    }
    #expect(model.tokenizer.specialTokens.addsBOS)
    #expect(try bosCount("Hi", raw: false) == 1)
    #expect(try bosCount("Hi", raw: true) == 1)
    #expect(try bosCount("<|endoftext|>Hi", raw: true) == 1)
  }

  @Test("A template that writes no BOS gets none, whatever the tokenizer says")
  func templateWithoutBOS() throws {
    let scratch = try Scratch()
    let addsBOS = Array("tokenizer.ggml.add_bos_token".utf8) + [7, 0, 0, 0]
    let model = try ChatModel.open(replacing: [(addsBOS + [0], addsBOS + [1])], in: scratch)
    let prompt = try PromptEncoder(model: model, format: PromptFormat()).encode("Hi")
    #expect(!prompt.tokens.contains(0))
  }
}
