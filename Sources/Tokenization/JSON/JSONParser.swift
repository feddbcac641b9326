/// Reads JSON by the letter of RFC 8259.
struct JSONParser {
  /// Containers may lie this deep in one another; tokenizer files need about ten.
  private static let deepestNesting = 64

  private let input: [UInt8]
  private var position = 0
  private var text: [UInt8] = []
  private var nodes: [JSONTape.Node] = []
  private let source: String

  private init(_ input: [UInt8], source: String) {
    self.input = input
    self.source = source
    text.reserveCapacity(input.count)
    nodes.reserveCapacity(input.count / 12)
  }

  /// The value that `input` is; `source` names the file in messages.
  static func parse(_ input: [UInt8], source: String) throws(TokenizerError) -> JSONValue {
    guard String(validating: input, as: UTF8.self) != nil else {
      throw .invalidFile(problem: "it is not UTF-8 text", source: source)
    }
    var parser = JSONParser(input, source: source)
    try parser.parseValue(depth: 0)
    parser.skipSpace()
    guard parser.position == input.count else { throw parser.failure("more text after the value") }
    return JSONValue(rootOf: JSONTape(text: parser.text, nodes: parser.nodes))
  }

  private func failure(_ problem: String) -> TokenizerError {
    .invalidFile(problem: "no JSON: \(problem) at byte \(position)", source: source)
  }

  private var current: UInt8? { position < input.count ? input[position] : nil }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  private mutating func take(_ byte: Unicode.Scalar) -> Bool {
    guard current == UInt8(ascii: byte) else { return false }
    position += 1
    return true
  }

  private mutating func parseValue(depth: Int) throws(TokenizerError) {
    guard depth < Self.deepestNesting else { throw failure("values nested too deeply") }
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): try parseObject(depth: depth)
    case UInt8(ascii: "["): try parseArray(depth: depth)
    case UInt8(ascii: "\""): try parseString()
    case UInt8(ascii: "t"): try parseWord("true", .bool)
    case UInt8(ascii: "f"): try parseWord("false", .bool)
    case UInt8(ascii: "n"): try parseWord("null", .null)
    default: try parseNumber()
    }
  }

  private mutating func parseObject(depth: Int) throws(TokenizerError) {
    let index = open(.object)
    position += 1
    skipSpace()
    if take("}") { return close(index) }
    repeat {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw failure("no key") }
      try parseString()
      skipSpace()
      guard take(":") else { throw failure("no colon") }
      try parseValue(depth: depth + 1)
      skipSpace()
    } while take(",")
    guard take("}") else { throw failure("no end of an object") }
    close(index)
  }

  private mutating func parseArray(depth: Int) throws(TokenizerError) {
    let index = open(.array)
    position += 1
    skipSpace()
    if take("]") { return close(index) }
    repeat {
      try parseValue(depth: depth + 1)
      skipSpace()
    } while take(",")
    guard take("]") else { throw failure("no end of an array") }
    close(index)
  }

  private mutating func open(_ kind: JSONTape.Kind) -> Int {
    nodes.append(JSONTape.Node(kind: kind, start: 0, end: 0, next: 0))
    return nodes.count - 1
  }

  private mutating func close(_ index: Int) { nodes[index].next = nodes.count }

  private mutating func append(_ kind: JSONTape.Kind, from start: Int) {
    nodes.append(
      JSONTape.Node(kind: kind, start: start, end: text.count, next: nodes.count + 1))
  }

  private mutating func parseWord(
    _ word: StaticString, _ kind: JSONTape.Kind
  ) throws(TokenizerError) {
    let start = text.count
    for offset in 0..<word.utf8CodeUnitCount {
      let byte = word.utf8Start[offset]
      guard current == byte else { throw failure("no value") }
      text.append(byte)
      position += 1
    }
    append(kind, from: start)
  }
}

extension JSONParser {
  private mutating func parseNumber() throws(TokenizerError) {
    let start = position
    _ = take("-")
    if !take("0") { try skipDigits() }
    if take(".") { try skipDigits() }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      try skipDigits()
    }
    let textStart = text.count
    text.append(contentsOf: input[start..<position])
    append(.number, from: textStart)
  }

  private mutating func skipDigits() throws(TokenizerError) {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard let first = current, digits.contains(first) else { throw failure("no value") }
    while let byte = current, digits.contains(byte) { position += 1 }
  }

  private mutating func parseString() throws(TokenizerError) {
    let start = text.count
    position += 1
    while true {
      let runStart = position
      while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20
      {
        position += 1
      }
      text.append(contentsOf: input[runStart..<position])
      if take("\"") { break }
      guard take("\\") else { throw failure("no end of a string") }
      try parseEscape()
    }
    append(.string, from: start)
  }

  private mutating func parseEscape() throws(TokenizerError) {
    guard let byte = current else { throw failure("no end of a string") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): text.append(contentsOf: Array(String(try parseScalar()).utf8))
    default: throw failure("an unknown escape")
    }
  }

  /// What follows `\u`: one code unit, or two where the first is half of a pair.
  private mutating func parseScalar() throws(TokenizerError) -> Unicode.Scalar {
    var value = try parseCodeUnit()
    if (0xD800..<0xDC00).contains(value), take("\\"), take("u") {
      let low = try parseCodeUnit()
      guard (0xDC00..<0xE000).contains(low) else { throw failure("half a surrogate pair") }
      value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(value) else { throw failure("half a surrogate pair") }
    return scalar
  }

  private mutating func parseCodeUnit() throws(TokenizerError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw failure("no four hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}
