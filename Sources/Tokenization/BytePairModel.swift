/// What kind of token an entry of the vocabulary is, as in GGUF's `tokenizer.ggml.token_type`.
public enum TokenType: Int32, Sendable, CaseIterable {
  /// No kind was recorded; treated as `normal`.
  case undefined = 0
  /// Text, spelled with the byte-level alphabet.
  case normal = 1
  /// Stands for what cannot be spelled; treated as `control`.
  case unknown = 2
  /// Steers the model; its text is kept literally.
  case control = 3
  /// Text that is kept whole wherever it occurs; its text is kept literally.
  case userDefined = 4
  /// A filler that occurs in no text.
  case unused = 5
  /// One byte of a SentencePiece vocabulary; byte-level BPE has none.
  case byte = 6

  /// Whether the stored token is the text itself instead of the byte-level spelling of it.
  var isLiteral: Bool { self == .unknown || self == .control || self == .userDefined }

  /// Whether the token steers the model and stands for no text.
  var isControl: Bool { self == .unknown || self == .control }
}

/// A byte-level BPE vocabulary as model files store it, independent of the file format.
///
/// The strings are those of GGUF's `tokenizer.ggml.tokens` and `tokenizer.ggml.merges`: every byte
/// of a token's text is written as one printable character of GPT-2's byte-to-unicode alphabet, so
/// that a space is `Ġ`. Control and user-defined tokens are written literally.
public struct BytePairModel: Sendable {
  /// The tokens; the position is the id.
  public var tokens: PackedByteStrings
  /// The merges in order of rank, each `left right` with one space between.
  public var merges: PackedByteStrings
  /// The raw value of `TokenType` for each token; empty means that all are normal.
  public var tokenTypes: [Int32]
  /// The ids with a special role.
  public var bos, eos, unknown, padding: Int32?
  /// Whether prompts begin with BOS; nil leaves it to the pre-tokenizer's family.
  public var addsBOS: Bool?
  /// Whether finished texts end with EOS; nil means no.
  public var addsEOS: Bool?
  /// The pre-tokenizer's name in GGUF (`tokenizer.ggml.pre`), such as `smollm`; a model without one
  /// cannot be used.
  public var preTokenizer: String?
  /// The file's name, for messages.
  public var source: String

  /// Groups the lists; the ids with a special role start out as nil.
  public init(
    tokens: PackedByteStrings, merges: PackedByteStrings, tokenTypes: [Int32] = [],
    preTokenizer: String?, source: String
  ) {
    self.tokens = tokens
    self.merges = merges
    self.tokenTypes = tokenTypes
    self.preTokenizer = preTokenizer
    self.source = source
  }
}
