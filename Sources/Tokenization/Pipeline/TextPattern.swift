/// What a normalizer replaces or a pre-tokenizer cuts at.
enum TextPattern: Sendable {
  /// These bytes, which are not empty.
  case literal([UInt8])
  /// Matches of an expression that never matches nothing.
  case expression(WordPattern)

  /// A stretch of a text, and whether it is a match or what lies between matches.
  typealias Stretch = (range: Range<Int>, isMatch: Bool)

  /// The stretches that make up `text`, none of them empty.
  func stretches(of text: UnsafeBufferPointer<UInt8>) throws(TokenizerError) -> [Stretch] {
    var stretches: [Stretch] = []
    var end = 0
    for match in try matches(in: text) {
      if end < match.lowerBound { stretches.append((end..<match.lowerBound, false)) }
      stretches.append((match, true))
      end = match.upperBound
    }
    if end < text.count { stretches.append((end..<text.count, false)) }
    return stretches
  }

  private func matches(
    in text: UnsafeBufferPointer<UInt8>
  ) throws(TokenizerError) -> [Range<Int>] {
    switch self {
    case .literal(let bytes): return occurrences(of: bytes, in: text)
    case .expression(let pattern):
      let matcher = try WordPattern.Matcher(pattern)
      var matches: [Range<Int>] = []
      var start = 0
      while start < text.count, let match = try matcher.firstMatch(in: text, from: start) {
        matches.append(match)
        start = match.upperBound
      }
      return matches
    }
  }

  private func occurrences(
    of bytes: [UInt8], in text: UnsafeBufferPointer<UInt8>
  ) -> [Range<Int>] {
    var matches: [Range<Int>] = []
    var start = 0
    while start + bytes.count <= text.count {
      if text[start] == bytes[0], text[start..<start + bytes.count].elementsEqual(bytes) {
        matches.append(start..<start + bytes.count)
        start += bytes.count
      } else {
        start += 1
      }
    }
    return matches
  }
}
