import Testing
import Tokenization

@Suite("Vocabularies that contradict themselves are refused")
struct VocabularyTests {
  private func error(_ change: (inout BytePairModel) -> Void) -> TokenizerError? {
    var model = byteModel(others: ["ab"], merges: ["a b"])
    change(&model)
    do throws(TokenizerError) {
      _ = try BytePairTokenizer(model)
      return nil
    } catch {
      return error
    }
  }

  private func problem(_ change: (inout BytePairModel) -> Void) -> String? {
    guard case .invalidVocabulary(let problem, "tiny.gguf")? = error(change) else { return nil }
    return problem
  }

  @Test("the model they are changed from is fine")
  func intact() {
    #expect(error { _ in } == nil)
  }

  @Test("no tokens")
  func empty() {
    #expect(problem { $0.tokens = PackedByteStrings() } == "it has no tokens")
  }

  @Test("the same token twice, named with both ids")
  func duplicate() {
    #expect(problem { $0.tokens.append("ab".utf8) } == "tokens 256 and 257 are both 'ab'")
  }

  @Test("special ids out of range", arguments: [-1, 257, Int32.max, Int32.min])
  func specialIDs(id: Int32) {
    #expect(problem { $0.bos = id } == "the BOS id is \(id) but there are 257 tokens")
    #expect(problem { $0.eos = id } == "the EOS id is \(id) but there are 257 tokens")
    #expect(problem { $0.unknown = id } == "the unknown id is \(id) but there are 257 tokens")
    #expect(problem { $0.padding = id } == "the padding id is \(id) but there are 257 tokens")
  }

  @Test("token types that are too few, unknown or of SentencePiece")
  func types() {
    #expect(problem { $0.tokenTypes = [1] } == "257 tokens but 1 token types")
    let normal = [Int32](repeating: 1, count: 256)
    #expect(problem { $0.tokenTypes = normal + [7] } == "token 256 has the unknown type 7")
    #expect(
      problem { $0.tokenTypes = normal + [6] }
        == "token 256 is a SentencePiece byte in a byte-level vocabulary")
  }

  @Test(
    "merges of something else than two tokens into a third",
    arguments: [
      ("ab", "it is not two tokens with a space between"),
      (" b", "it is not two tokens with a space between"),
      ("a ", "it is not two tokens with a space between"),
      ("", "it is not two tokens with a space between"),
      ("xy b", "its left part is no token"), ("a xy", "its right part is no token"),
      ("a b c", "its right part is no token"), ("b a", "its result is no token"),
    ])
  func merges(merge: String, problem: String) {
    #expect(
      error { $0.merges.append(merge.utf8) }
        == .invalidMerge(index: 1, merge: merge, problem: problem, source: "tiny.gguf"))
  }

  @Test("a pre-tokenizer that is not known, with those that are")
  func preTokenizer() {
    let error = error { $0.preTokenizer = "falcon" }
    #expect(
      error?.description
        == "tiny.gguf names the pre-tokenizer 'falcon', which is not supported: "
        + "use a model with one of gpt-2, smollm, llama-bpe, qwen2, tekken, gpt-4o, default, "
        + "or say with --pre-tokenizer which of them is the same rule.")
    let unnamed = self.error { $0.preTokenizer = nil }
    #expect(unnamed == .unnamedPreTokenizer(source: "tiny.gguf"))
  }

  @Test("tokens that are not UTF-8 are kept as they are")
  func invalidUTF8() throws {
    var model = byteModel(others: ["ab"])
    model.tokens.append([0xFF, 0xC4])
    let tokenizer = try BytePairTokenizer(model)
    #expect(try tokenizer.bytes(of: 257) == [0xFF, 0xC4])
    #expect(try tokenizer.encode("a\u{FF}") == [97, 0xC3, 0xBF])
  }

  @Test("a token that is not spelled with the byte alphabet never stands in for one that is")
  func unspelled() throws {
    for family in ["gpt-2", "llama-bpe"] {
      let tokenizer = try BytePairTokenizer(byteModel(others: [" ", " !"], family: family))
      #expect(try tokenizer.encode(" !") == [32, 33])
      #expect(try tokenizer.decode([256, 257]) == "  !")
    }
  }

  @Test("a text with a byte that has no token is an error, not a shorter text")
  func unencodable() throws {
    let tokenizer = try BytePairTokenizer(byteModel(missing: [0x04]))
    #expect(try tokenizer.encode("ab").count == 2)
    #expect(throws: TokenizerError.unencodableByte(0x04, word: " \\u{4}", source: "tiny.gguf")) {
      try tokenizer.encode("river \u{4}")
    }
  }
}
