import Tokenization

/// What a Hugging Face folder says about text: its tokenizer and its chat template.
public struct HuggingFaceText: Sendable {
  public let tokenizer: any Tokenizer
  /// The source of the chat template, when the folder has one.
  public let chatTemplate: String?

  /// Reads the folder at `path`.
  public static func open(folder path: String) throws(ModelError) -> HuggingFaceText {
    throw .unsupportedTokenizer(path: path, kind: "tokenizer.json")
  }
}
