/// One step that changes text before it is cut into words.
enum NormalizerStep: Sendable {
  /// Unicode's four normalisation forms.
  case nfc, nfd, nfkc, nfkd
  /// Every character in lower case, whatever stands around it.
  case lowercase
  /// Takes white space away at the ends.
  case strip(left: Bool, right: Bool)
  /// Puts text in front of every text that is not empty.
  case prepend([UInt8])
  /// Puts `content` in place of every match.
  case replace(TextPattern, content: [UInt8])

  /// What becomes of `text`, which is UTF-8 as is the result; throws if that has more than `limit`
  /// bytes.
  func apply(to text: [UInt8], limit: Int) throws(TokenizerError) -> [UInt8] {
    let result = try applied(to: text, limit: limit)
    try TextGrowth.expect(result.count, within: limit, "normalizing it")
    return result
  }

  private func applied(to text: [UInt8], limit: Int) throws(TokenizerError) -> [UInt8] {
    switch self {
    case .nfc: Self.isPlain(text, below: 0xCC) ? text : Self.composed(text, isCompatible: false)
    case .nfd: Self.isPlain(text, below: 0xC3) ? text : Self.decomposed(text, isCompatible: false)
    case .nfkc: Self.isPlain(text, below: 0x80) ? text : Self.composed(text, isCompatible: true)
    case .nfkd: Self.isPlain(text, below: 0x80) ? text : Self.decomposed(text, isCompatible: true)
    case .lowercase: Self.lowercased(text)
    case .strip(let left, let right): Self.stripped(text, left: left, right: right)
    case .prepend(let prefix): text.isEmpty ? text : prefix + text
    case .replace(let pattern, let content):
      try Self.replaced(text, pattern, content, limit: limit)
    }
  }

  /// Whether all characters come before those that the form touches.
  private static func isPlain(_ text: [UInt8], below lead: UInt8) -> Bool {
    text.allSatisfy { $0 < lead }
  }

  private static func composed(_ text: [UInt8], isCompatible: Bool) -> [UInt8] {
    let text = String(decoding: text, as: UTF8.self)
    return Array(NormalizationFormC.normalize(text, isCompatible: isCompatible).utf8)
  }

  private static func decomposed(_ text: [UInt8], isCompatible: Bool) -> [UInt8] {
    let text = String(decoding: text, as: UTF8.self)
    var result = String.UnicodeScalarView()
    result.append(contentsOf: NormalizationFormC.decompose(text, isCompatible: isCompatible))
    return Array(String(result).utf8)
  }

  private static func lowercased(_ text: [UInt8]) -> [UInt8] {
    var result = String.UnicodeScalarView()
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
    }
    return Array(String(result).utf8)
  }

  private static func stripped(_ text: [UInt8], left: Bool, right: Bool) -> [UInt8] {
    var rest = text[...]
    if left { rest = rest.dropFirst(WhiteSpace.leading(in: rest)) }
    if right { rest = rest.dropLast(WhiteSpace.trailing(in: rest)) }
    return Array(rest)
  }

  private static func replaced(
    _ text: [UInt8], _ pattern: TextPattern, _ content: [UInt8], limit: Int
  ) throws(TokenizerError) -> [UInt8] {
    try text.withUnsafeBufferPointer { (text) throws(TokenizerError) -> [UInt8] in
      var result: [UInt8] = []
      result.reserveCapacity(text.count)
      for (range, isMatch) in try pattern.stretches(of: text) {
        if isMatch { result += content } else { result.append(contentsOf: text[range]) }
        try TextGrowth.expect(result.count, within: limit, "normalizing it")
      }
      return result
    }
  }
}

/// How long the steps of a tokenizer may make a text.
///
/// The longest that a normalisation form makes of a character is 33 bytes of 3 (NFKD of U+FDFA), and
/// a mark for a space has 3 for 1.
enum TextGrowth {
  private static let factor = 64
  private static let allowance = 65_536

  static func limit(of byteCount: Int) -> Int { factor * byteCount + allowance }

  static func expect(_ count: Int, within limit: Int, _ step: String) throws(TokenizerError) {
    guard count > limit else { return }
    throw .tooMuchWork("\(step), which makes more than \(limit) bytes of it,", offset: 0)
  }
}

/// White space at the ends of UTF-8 text, in bytes.
enum WhiteSpace {
  /// How many bytes of white space `text` begins with.
  static func leading(in text: ArraySlice<UInt8>) -> Int {
    var rest = text
    // Four bytes hold at least one whole character, here and from the end.
    while let scalar = String(decoding: rest.prefix(4), as: UTF8.self).unicodeScalars.first,
      scalar.properties.isWhitespace
    {
      rest = rest.dropFirst(UTF8.width(scalar))
    }
    return text.count - rest.count
  }

  /// How many bytes of white space `text` ends with.
  static func trailing(in text: ArraySlice<UInt8>) -> Int {
    var rest = text
    while let scalar = String(decoding: rest.suffix(4), as: UTF8.self).unicodeScalars.last,
      scalar.properties.isWhitespace
    {
      rest = rest.dropLast(UTF8.width(scalar))
    }
    return text.count - rest.count
  }
}
