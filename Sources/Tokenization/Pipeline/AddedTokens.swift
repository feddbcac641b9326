/// A token that is matched in text before any splitting, as Hugging Face's files list it.
struct AddedToken: Sendable {
  var id: Int32
  var content: [UInt8]
  /// Whether it steers the model.
  var isSpecial = false
  /// Whether it is matched in normalized text, and normalized itself.
  var isNormalized = false
  /// Whether it may not touch a letter or digit.
  var isSingleWord = false
  /// Whether it takes the white space before it.
  var stripsLeft = false
  /// Whether it takes the white space after it.
  var stripsRight = false
}

/// Finds added tokens in text: the leftmost first, and of those the longest.
struct AddedTokenFinder: Sendable {
  /// A stretch of text, and the added token that it is.
  typealias Piece = (range: Range<Int>, id: Int32?)

  private var trie = LiteralTokenTrie()
  private var tokens: [AddedToken] = []

  /// Enters a token that is written as `pattern`; empty patterns never match.
  mutating func insert(_ token: AddedToken, pattern: [UInt8]) {
    trie.insert(pattern[...], id: Int32(tokens.count))
    tokens.append(token)
  }

  /// The pieces that make up `text`; tokens that took white space may overlap what they took.
  func pieces(of text: [UInt8], parseSpecial: Bool) -> [Piece] {
    guard !trie.isEmpty else { return text.isEmpty ? [] : [(0..<text.count, nil)] }
    var pieces: [Piece] = []
    var end = 0
    for match in matches(in: text) {
      let token = tokens[Int(match.id)]
      if token.isSpecial, !parseSpecial { continue }
      if token.isSingleWord, touchesWord(match.range, in: text) { continue }
      var (start, stop) = (match.range.lowerBound, match.range.upperBound)
      if token.stripsLeft { start = max(start - WhiteSpace.trailing(in: text[..<start]), end) }
      if token.stripsRight { stop += WhiteSpace.leading(in: text[stop...]) }
      if end < start { pieces.append((end..<start, nil)) }
      pieces.append((start..<max(start, stop), token.id))
      end = stop
    }
    if end < text.count { pieces.append((end..<text.count, nil)) }
    return pieces
  }

  private func matches(in text: [UInt8]) -> [LiteralTokenTrie.Match] {
    text.withUnsafeBufferPointer { text in
      var matches: [LiteralTokenTrie.Match] = []
      var start = 0
      while let match = trie.firstMatch(in: text, from: start) {
        matches.append(match)
        start = match.range.upperBound
      }
      return matches
    }
  }

  private func touchesWord(_ range: Range<Int>, in text: [UInt8]) -> Bool {
    let before = String(decoding: text[..<range.lowerBound].suffix(4), as: UTF8.self)
    let after = String(decoding: text[range.upperBound...].prefix(4), as: UTF8.self)
    return before.unicodeScalars.last.map(Self.isWordCharacter) == true
      || after.unicodeScalars.first.map(Self.isWordCharacter) == true
  }

  /// What `\w` is by Unicode's Technical Standard 18, annex C.
  private static func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.properties.isAlphabetic || scalar.properties.isJoinControl { return true }
    return switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: true
    default: false
    }
  }
}
