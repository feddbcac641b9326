/// Reads JSON by the letter of RFC 8259.
struct JSONParser {
  private static let deepestNesting = 64
  /// Offsets are 32 bits.
  private static let longestText = Int(Int32.max)

  private let input: ArraySlice<UInt8>
  /// Of the next byte to read.
  private var offset: Int
  private var contents: [UInt8] = []
  private var nodes: [JSONText.Node] = []

  private init(_ input: ArraySlice<UInt8>) {
    self.input = input
    offset = input.startIndex
    contents.reserveCapacity(input.count / 2)
  }

  static func parse(_ input: ArraySlice<UInt8>) throws(JSONError) -> JSONText {
    var parser = JSONParser(input)
    guard input.endIndex <= longestText else {
      throw parser.failure("the text is longer than \(longestText) bytes")
    }
    try parser.readValue(depth: 0)
    guard parser.nextByte() == nil else {
      throw parser.failure("\(parser.nextInWords()) follows the end of the JSON text")
    }
    return JSONText(contents: parser.contents, nodes: parser.nodes)
  }

  private func failure(_ problem: String, at place: Int? = nil) -> JSONError {
    let place = place ?? offset
    let before = input[..<place]
    let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? input.startIndex
    return JSONError(
      problem: problem, offset: place, line: 1 + before.count { $0 == UInt8(ascii: "\n") },
      column: 1 + place - lineStart)
  }

  private func nextInWords() -> String {
    guard offset < input.endIndex else { return "the end of the text" }
    let byte = input[offset]
    guard (0x21...0x7e).contains(byte) else { return "byte 0x\(String(byte, radix: 16))" }
    return "'\(Unicode.Scalar(byte))'"
  }

  /// The next byte that is not white space, without reading over it; nil at the end.
  private mutating func nextByte() -> UInt8? {
    while offset < input.endIndex {
      switch input[offset] {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        offset += 1
      case let byte: return byte
      }
    }
    return nil
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard nextByte() == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(JSONError) {
    guard skip(character) else {
      throw failure("\(nextInWords()) stands where '\(character)' is expected")
    }
  }
}

extension JSONParser {
  private mutating func readValue(depth: Int) throws(JSONError) {
    guard depth < Self.deepestNesting else {
      throw failure("values are nested deeper than \(Self.deepestNesting) levels")
    }
    switch nextByte() {
    case UInt8(ascii: "{"): try readObject(depth: depth)
    case UInt8(ascii: "["): try readArray(depth: depth)
    case UInt8(ascii: "\""): try readString()
    default: try readWord()
    }
  }

  private mutating func readObject(depth: Int) throws(JSONError) {
    let index = open(.object)
    offset += 1
    if !skip("}") {
      repeat {
        _ = nextByte()
        try readString()
        try expect(":")
        try readValue(depth: depth + 1)
      } while skip(",")
      try expect("}")
    }
    nodes[index].next = UInt32(nodes.count)
    try checkNames(of: index)
  }

  private mutating func readArray(depth: Int) throws(JSONError) {
    let index = open(.array)
    offset += 1
    if !skip("]") {
      repeat { try readValue(depth: depth + 1) } while skip(",")
      try expect("]")
    }
    nodes[index].next = UInt32(nodes.count)
  }

  private mutating func open(_ kind: JSONValue.Kind) -> Int {
    nodes.append(JSONText.Node(kind: kind, offset: UInt32(offset)))
    return nodes.count - 1
  }

  /// Adds a value without parts, whose content is what `contents` has from `start` on.
  private mutating func append(_ kind: JSONValue.Kind, offset: Int, start: Int) {
    nodes.append(
      JSONText.Node(
        kind: kind, offset: UInt32(offset), start: UInt32(start), end: UInt32(contents.count),
        next: UInt32(nodes.count + 1)))
  }

  /// Refuses an object that has a name twice, where other readers keep one of the two.
  private func checkNames(of object: Int) throws(JSONError) {
    var names: Set<ArraySlice<UInt8>> = []
    var index = object + 1
    while index < Int(nodes[object].next) {
      let node = nodes[index]
      let name = contents[Int(node.start)..<Int(node.end)]
      guard names.insert(name).inserted else {
        let text = quoted(String(decoding: name, as: UTF8.self))
        throw failure("the name \(text) occurs twice", at: Int(node.offset))
      }
      index = Int(nodes[index + 1].next)
    }
  }

  /// Reads a number, `true`, `false` or `null`.
  private mutating func readWord() throws(JSONError) {
    let start = offset
    while offset < input.endIndex, Self.isWordByte(input[offset]) { offset += 1 }
    let word = input[start..<offset]
    let kind: JSONValue.Kind
    if word.elementsEqual("null".utf8) {
      kind = .null
    } else if word.elementsEqual("true".utf8) || word.elementsEqual("false".utf8) {
      kind = .bool
    } else if Self.isNumber(word) {
      kind = .number
    } else if word.isEmpty {
      throw failure("\(nextInWords()) stands where a value is expected")
    } else {
      let text = quoted(String(decoding: word, as: UTF8.self))
      throw failure("\(text) is not a JSON value", at: start)
    }
    contents += word
    append(kind, offset: start, start: contents.count - word.count)
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "+"), UInt8(ascii: "-"),
      UInt8(ascii: "."):
      true
    default: false
    }
  }

  private static func isNumber(_ word: ArraySlice<UInt8>) -> Bool {
    var rest = word
    func skip(_ characters: String) -> Bool {
      guard let byte = rest.first, characters.utf8.contains(byte) else { return false }
      rest.removeFirst()
      return true
    }
    func skipDigits() -> Bool {
      let count = rest.count
      rest = rest.drop { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      return rest.count < count
    }
    _ = skip("-")
    guard skip("0") || skipDigits() else { return false }
    if skip(".") { guard skipDigits() else { return false } }
    if skip("eE") {
      _ = skip("+-")
      guard skipDigits() else { return false }
    }
    return rest.isEmpty
  }
}

extension JSONParser {
  private mutating func readString() throws(JSONError) {
    let (first, start) = (offset, contents.count)
    try expect("\"")
    var isASCII = true
    while true {
      let unread = offset
      while offset < input.endIndex, let byte = Optional(input[offset]),
        byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20
      {
        isASCII = isASCII && byte < 0x80
        offset += 1
      }
      contents += input[unread..<offset]
      guard offset < input.endIndex else { throw failure("the text ends within quotes") }
      switch input[offset] {
      case UInt8(ascii: "\\"): try readEscape()
      case UInt8(ascii: "\""):
        guard isASCII || String(validating: contents[start...], as: UTF8.self) != nil else {
          throw failure("the text in quotes that ends here is not UTF-8")
        }
        offset += 1
        return append(.string, offset: first, start: start)
      default: throw failure("a control character stands in quotes without an escape")
      }
    }
  }

  private mutating func readEscape() throws(JSONError) {
    guard input.endIndex - offset >= 2 else { throw failure("the text ends within quotes") }
    let letter = input[offset + 1]
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): contents.append(letter)
    case UInt8(ascii: "b"): contents.append(0x08)
    case UInt8(ascii: "f"): contents.append(0x0c)
    case UInt8(ascii: "n"): contents.append(0x0a)
    case UInt8(ascii: "r"): contents.append(0x0d)
    case UInt8(ascii: "t"): contents.append(0x09)
    case UInt8(ascii: "u"): return try readUnicodeEscape()
    default: throw failure("the escape after this backslash does not exist in JSON")
    }
    offset += 2
  }

  /// Reads `\uXXXX`, or the two of them that make up a character beyond the first 65,536.
  private mutating func readUnicodeEscape() throws(JSONError) {
    var units = [try readCodeUnit()]
    if UTF16.isLeadSurrogate(units[0]) { units.append(try readCodeUnit()) }
    guard let character = String(validating: units, as: UTF16.self) else {
      throw failure("an escape \\u before this place is half of a surrogate pair")
    }
    contents += character.utf8
  }

  private mutating func readCodeUnit() throws(JSONError) -> UInt16 {
    let escape = input[offset..<min(offset + 6, input.endIndex)]
    let digits = escape.dropFirst(2)
    // `UInt16(_:radix:)` alone would accept a sign.
    guard escape.starts(with: "\\u".utf8), digits.count == 4,
      digits.allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }),
      let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else {
      throw failure("\\u and four hexadecimal digits are expected")
    }
    offset += escape.count
    return unit
  }
}
