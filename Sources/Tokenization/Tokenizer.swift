/// When a sequence gets the beginning-of-sequence token in front.
public enum BOSRule: Sendable, Hashable {
  /// Adds none.
  case never
  /// Adds it when the model's own metadata (or its family's convention) says so.
  case asModel
  /// Adds it, whatever the model says; a model without such a token is an error.
  case always
}

/// Turns text into token ids and back.
///
/// Ids are those of the model file, so they index the rows of the embedding and of the
/// unembedding. Conforming types are immutable: one instance may encode from many threads.
public protocol Tokenizer: Sendable {
  /// How many ids there are; valid ids are `0..<vocabularySize`.
  var vocabularySize: Int { get }

  /// The ids with a special role, and whether the model expects BOS and EOS to be added.
  var specialTokens: SpecialTokens { get }

  /// The ids of `text`, without BOS or EOS.
  ///
  /// With `parseSpecial`, control tokens written in the text (such as `<|im_start|>`) become their
  /// single id. Without it they are spelled out like ordinary text, which is what text of unknown
  /// origin needs. User-defined tokens are ordinary text that the vocabulary keeps whole: they are
  /// matched either way.
  func encode(_ text: String, parseSpecial: Bool) throws(TokenizerError) -> [Int32]

  /// The bytes that one token stands for, which need not be valid UTF-8 on their own.
  func bytes(of id: Int32) throws(TokenizerError) -> [UInt8]

  /// The bytes of the text that `ids` stand for, control tokens spelled out.
  ///
  /// Unless a tokenizer puts a space in front of every text, which it takes away here, these are
  /// the concatenated bytes of the tokens.
  func decodeBytes(_ ids: some Sequence<Int32>) throws(TokenizerError) -> [UInt8]

  /// Whether the token steers the model (BOS, turn markers, unknown) instead of standing for text.
  func isControl(_ id: Int32) throws(TokenizerError) -> Bool
}

extension Tokenizer {
  /// The ids of `text` without BOS or EOS, where control tokens written in the text are parsed.
  public func encode(_ text: String) throws(TokenizerError) -> [Int32] {
    try encode(text, parseSpecial: true)
  }

  /// The ids of `text` with BOS in front where `rule` asks for it.
  ///
  /// BOS never doubles: ids that already begin with it, as those of a chat template's text may,
  /// are returned as they are. EOS is never added, since it would become the last position of
  /// the prompt.
  public func encode(
    _ text: String, parseSpecial: Bool = true, addingBOS rule: BOSRule
  ) throws(TokenizerError) -> [Int32] {
    let ids = try encode(text, parseSpecial: parseSpecial)
    let isWanted = rule == .always || (rule == .asModel && specialTokens.addsBOS)
    guard isWanted else { return ids }
    guard let bos = specialTokens.bos else { throw .missingBOS }
    return ids.first == bos ? ids : [bos] + ids
  }

  /// The concatenated bytes of `ids`, control tokens spelled out.
  public func decodeBytes(_ ids: some Sequence<Int32>) throws(TokenizerError) -> [UInt8] {
    var result: [UInt8] = []
    for id in ids { result += try bytes(of: id) }
    return result
  }

  /// The text of `ids`, control tokens spelled out.
  ///
  /// Bytes that are not valid UTF-8, such as half a character at the end of a generated sequence,
  /// show as U+FFFD; `decodeBytes(_:)` keeps them.
  public func decode(_ ids: some Sequence<Int32>) throws(TokenizerError) -> String {
    String(decoding: try decodeBytes(ids), as: UTF8.self)
  }

  /// One token on one line, for tables and figures.
  ///
  /// Spaces stay spaces. Line breaks and other control characters become `\n`, `\t`, `\r` or
  /// `\u{..}`, and bytes that are no complete character become `\xHH`.
  public func piece(of id: Int32) throws(TokenizerError) -> String {
    printable(try bytes(of: id))
  }

  /// The text of the BOS token, nil when the model has none.
  public var bosToken: String? { text(of: specialTokens.bos) }

  /// The text of the EOS token, nil when the model has none.
  public var eosToken: String? { text(of: specialTokens.eos) }

  private func text(of id: Int32?) -> String? {
    guard let id, let bytes = try? bytes(of: id) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}
