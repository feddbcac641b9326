import Checkpoints
import Foundation
import ModelLibrary
import TestSupport
import Testing
import Tokenization

@Suite("The tokens that end an answer")
struct EndTokenTests {
  @Test("A GGUF file's are EOS, what its keys name, and well-known texts")
  func gguf() throws {
    let model = try ChatModel.open()
    let texts = try Set(model.endTokens.map { try model.tokenizer.piece(of: $0) })
    // The file names <|im_end|> alone as EOS.
    #expect(texts == ["<|im_end|>", "<|endoftext|>"])
  }

  @Test("Texts that are no end of a turn end nothing")
  func otherTexts() throws {
    let scratch = try Scratch()
    let model = try ChatModel.open(
      replacing: [(Array("<|endoftext|>".utf8), Array("<|startoftxt>".utf8))], in: scratch)
    #expect(model.endTokens.count == 1)
  }

  @Test("Twins of a pre-tokenizer's name are the same rule")
  func twins() throws {
    for (name, twin) in [("llama-bpe", "llama3"), ("qwen2", "kormo"), ("gpt-2", "phi-2")] {
      let ids = try [name, twin].map {
        try LanguageModel(path: ChatModel.path, preTokenizer: $0).tokenizer.encode(
          "it's 12345  they'RE\n\nhere")
      }
      #expect(ids[0] == ids[1])
    }
  }

  @Test("A file that does not name its pre-tokenizer needs to be told")
  func unnamed() throws {
    let scratch = try Scratch()
    var bytes = try ChatModel.bytes()
    let key = Array("tokenizer.ggml.pre".utf8)
    bytes.replaceSubrange(
      try #require(bytes.firstRange(of: key)), with: Array("tokenizer.ggml.xyz".utf8))
    let path = try scratch.write(bytes, to: "unnamed.gguf")
    let error = #expect(throws: ModelError.self) { try LanguageModel(path: path) }
    #expect(error?.description.contains("it has no tokenizer.ggml.pre") == true)
    #expect(error?.description.contains("--pre-tokenizer") == true)
    let told = try LanguageModel(path: path, preTokenizer: "smollm")
    let named = try ChatModel.open()
    #expect(try told.tokenizer.encode("it's 123") == named.tokenizer.encode("it's 123"))
    let wrong = #expect(throws: ModelError.self) {
      try LanguageModel(path: path, preTokenizer: "smalltalk")
    }
    #expect(wrong?.description.contains("'smalltalk', which is not supported") == true)
  }
}
