/// The bytes that text formats give a meaning to.
enum ASCII {
  static let tab = UInt8(ascii: "\t")
  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  static let quote = UInt8(ascii: "\"")
  static let comma = UInt8(ascii: ",")
  static let star = UInt8(ascii: "*")
}

extension String {
  /// The text without whitespace at both ends: what Python's `str.strip` removes, which is the
  /// Unicode property White_Space and the four ASCII separators U+001C to U+001F.
  ///
  /// Scalars are looked at, not characters: a space that carries a combining mark is removed too,
  /// as Python does.
  var stripped: String {
    let scalars = unicodeScalars
    guard let first = scalars.firstIndex(where: { !$0.isStripped }),
      let last = scalars.lastIndex(where: { !$0.isStripped })
    else { return "" }
    return String(scalars[first...last])
  }
}

extension Unicode.Scalar {
  fileprivate var isStripped: Bool {
    properties.isWhitespace || (0x1C...0x1F).contains(value)
  }
}
