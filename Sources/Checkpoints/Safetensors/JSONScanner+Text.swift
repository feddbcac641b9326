/// Text in quotes.
extension JSONScanner {
  /// Reads text in quotes, escapes resolved.
  mutating func readString() throws(CheckpointError) -> String {
    try expect("\"")
    var text: [UInt8] = []
    var unread = offset
    while offset < bytes.count {
      switch bytes[offset] {
      case UInt8(ascii: "\""):
        text += bytes[unread..<offset]
        guard let string = String(validating: text, as: UTF8.self) else {
          throw malformed("the text in quotes that ends here is not UTF-8")
        }
        offset += 1
        return string
      case UInt8(ascii: "\\"):
        text += bytes[unread..<offset]
        try readEscape(into: &text)
        unread = offset
      case 0..<0x20: throw malformed("a control character stands in quotes without an escape")
      default: offset += 1
      }
    }
    throw malformed("the text ends within quotes")
  }

  private mutating func readEscape(into text: inout [UInt8]) throws(CheckpointError) {
    guard bytes.count - offset >= 2 else { throw malformed("the text ends within quotes") }
    let letter = bytes[offset + 1]
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0c)
    case UInt8(ascii: "n"): text.append(0x0a)
    case UInt8(ascii: "r"): text.append(0x0d)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): return try readUnicodeEscape(into: &text)
    default: throw malformed("the escape after this backslash does not exist in JSON")
    }
    offset += 2
  }

  /// Reads `\uXXXX`, or the two of them that make up a character beyond the first 65,536.
  private mutating func readUnicodeEscape(into text: inout [UInt8]) throws(CheckpointError) {
    var units = [try readCodeUnit()]
    if UTF16.isLeadSurrogate(units[0]) { units.append(try readCodeUnit()) }
    guard let character = String(validating: units, as: UTF16.self) else {
      throw malformed("an escape \\u before this place is half of a surrogate pair")
    }
    text += character.utf8
  }

  private mutating func readCodeUnit() throws(CheckpointError) -> UInt16 {
    let escape = bytes[offset..<min(offset + 6, bytes.count)]
    let digits = escape.dropFirst(2)
    // `UInt16(_:radix:)` alone would accept a sign.
    guard escape.starts(with: "\\u".utf8), digits.count == 4,
      digits.allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }),
      let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else {
      throw malformed("\\u and four hexadecimal digits are expected")
    }
    offset += escape.count
    return unit
  }
}
