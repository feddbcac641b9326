/// How pieces become text again.
struct TokenDecoder: Sendable {
  /// What is taken away where a decoded text begins.
  enum Trim: Sendable {
    case nothing
    /// Up to so many of these characters.
    case prefix([UInt8], count: Int)
    /// The spaces that the first token begins with, as Hugging Face's `Metaspace` does.
    case spacesOfFirstToken
  }

  /// Whether pieces are spelled with GPT-2's byte alphabet.
  var isByteLevel = false
  /// Whether a piece such as `<0x0A>` stands for that byte.
  var readsBytes = false
  /// What is put in place of what in every piece.
  var replacements: [(TextPattern, content: [UInt8])] = []
  var trim = Trim.nothing

  /// The bytes of one piece wherever it does not begin a text.
  func bytes(of piece: ArraySlice<UInt8>) throws(TokenizerError) -> [UInt8] {
    if isByteLevel {
      var bytes: [UInt8] = []
      return ByteAlphabet.appendBytes(spelledBy: piece, to: &bytes) ? bytes : Array(piece)
    }
    if readsBytes, let byte = Self.byte(spelledBy: piece) { return [byte] }
    var bytes = Array(piece)
    for (pattern, content) in replacements {
      bytes = try NormalizerStep.replace(pattern, content: content).apply(
        to: bytes, limit: TextGrowth.limit(of: bytes.count))
    }
    return bytes
  }

  /// The byte that `<0x0A>` and its like stand for.
  private static func byte(spelledBy piece: ArraySlice<UInt8>) -> UInt8? {
    guard piece.count == 6, piece.starts(with: "<0x".utf8), piece.last == UInt8(ascii: ">") else {
      return nil
    }
    return UInt8(String(decoding: piece.dropFirst(3).prefix(2), as: UTF8.self), radix: 16)
  }
}
