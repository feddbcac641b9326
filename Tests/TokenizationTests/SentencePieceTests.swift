import Foundation
import Testing
import Tokenization

/// The bytes that base 64 text stands for.
func base64(_ text: String) -> Data? { Data(base64Encoded: text) }

@Suite("SentencePiece vocabularies as GGUF holds them")
struct SentencePieceTests {
  private let mark = "\u{2581}"

  /// Control tokens, the bytes, and then `pieces`, each with its score.
  private func model(_ pieces: [(String, Float)]) -> SentencePieceModel {
    let bytes = (0..<256).map { byte in
      "<0x" + String(format: "%02X", byte) + ">"
    }
    let names = ["<unk>", "<s>", "</s>"] + bytes + pieces.map(\.0)
    return SentencePieceModel(
      pieces: PackedByteStrings(names),
      scores: [Float](repeating: 0, count: 259) + pieces.map(\.1),
      types: [2, 3, 3] + [Int32](repeating: 6, count: 256) + pieces.map { _ in 1 },
      special: SpecialTokens(bos: 1, eos: 2), source: "tiny.gguf")
  }

  private var letters: SentencePieceModel {
    model([(mark, -9), ("a", -9), ("b", -9), ("ab", -1), ("ba", -2), ("\(mark)a", -3)])
  }

  @Test("merge by score, whatever the ids")
  func scores() throws {
    let tokenizer = try PipelineTokenizer(sentencePiece: letters)
    #expect(try tokenizer.encode("ab") == [259, 262])
    #expect(try tokenizer.encode("aba") == [259, 262, 260])
    #expect(try tokenizer.encode("a") == [264])
    var other = letters
    other.scores[263] = 0
    #expect(try PipelineTokenizer(sentencePiece: other).encode("aba") == [264, 263])
  }

  @Test("merge by id where scores do not say")
  func ids() throws {
    var model = letters
    model.scores = []
    model.mergeOrder = .ids
    #expect(try PipelineTokenizer(sentencePiece: model).encode("aba") == [259, 262, 260])
  }

  @Test("put a space in front as the rule says, and take it away again")
  func prefix() throws {
    let expected: [(SentencePieceModel.Prefix, [Int32])] = [
      (.everySegment, [259, 264, 1, 264]), (.always, [264, 1, 264]), (.first, [264, 1, 260]),
      (.never, [264, 1, 260]),
    ]
    for (prefix, ids) in expected {
      var model = letters
      model.prefix = prefix
      let tokenizer = try PipelineTokenizer(sentencePiece: model)
      #expect(try tokenizer.encode(" a<s>a") == ids, "\(prefix)")
      let text = prefix == .everySegment || prefix == .never ? " b" : "b"
      #expect(try tokenizer.decode(tokenizer.encode(text)) == text, "\(prefix)")
    }
  }

  @Test("spell what they lack in bytes")
  func bytes() throws {
    let tokenizer = try PipelineTokenizer(sentencePiece: letters)
    let ids = try tokenizer.encode("\u{E9}")
    #expect(ids == [259, 3 + 0xC3, 3 + 0xA9])
    #expect(try tokenizer.decode(ids) == "\u{E9}")
    #expect(try tokenizer.bytes(of: 3) == [0])
  }

  @Test("with lists of different lengths or unknown types are refused")
  func contradictions() {
    #expect(problem { _ in } == nil)
    #expect(problem { $0.types.removeLast() } == "265 tokens but 264 token types")
    #expect(problem { $0.scores.removeLast() } == "265 tokens but 264 scores")
    #expect(problem { $0.types[9] = 77 } == "token 9 has the unknown type 77")
    #expect(problem { $0.special.bos = 9999 } == "the BOS id is 9999 but there are 265 tokens")
  }

  private func problem(_ change: (inout SentencePieceModel) -> Void) -> String? {
    var model = letters
    change(&model)
    do throws(TokenizerError) {
      _ = try PipelineTokenizer(sentencePiece: model)
      return nil
    } catch {
      guard case .invalidVocabulary(let problem, "tiny.gguf") = error else { return "\(error)" }
      return problem
    }
  }
}
