import ModelLibrary
import Tokenization

/// The texts of a model's tokens, and the tokens of texts.
public struct TokenTexts: Sendable {
  private let tokenizer: any Tokenizer

  public init(_ model: LanguageModel) { tokenizer = model.tokenizer }

  /// A token on one line: spaces as they are, control characters escaped.
  ///
  /// Rows of the unembedding that no token uses, which pad many models, show as `#` and the id.
  public func text(of id: Int) -> String {
    (try? tokenizer.piece(of: Int32(id))) ?? "#\(id)"
  }

  /// The id of the token that stands for exactly `text`, its leading space included.
  public func id(of text: String) throws(AnalysisError) -> Int {
    let ids: [Int32]
    do throws(TokenizerError) { ids = try tokenizer.encode(text) } catch {
      throw .lens(.notOneToken(text: text, pieces: []))
    }
    let bytes = Array(text.utf8)
    if ids.count == 1, (try? tokenizer.bytes(of: ids[0])) == bytes { return Int(ids[0]) }
    // A tokenizer that puts a space in front of every text never gives some tokens alone.
    let found = (0..<tokenizer.vocabularySize).first { id in
      (try? tokenizer.bytes(of: Int32(id))) == bytes
    }
    guard let found, !bytes.isEmpty else {
      throw .lens(.notOneToken(text: text, pieces: ids.map { self.text(of: Int($0)) }))
    }
    return found
  }
}
