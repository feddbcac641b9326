/// A strict reader of JSON text in an untrusted file.
///
/// It refuses a key that occurs twice in an object, where Foundation's decoders keep one of the
/// two, and tells where in the file the text is wrong. What the text holds is up to the caller,
/// who asks for the value that must come next.
struct JSONScanner {
  let bytes: UnsafeRawBufferPointer
  let path: String
  /// What is being read, for messages, such as `tensor "model.norm.weight"`; empty when unknown.
  var subject = ""
  /// The position in the file of the next byte to read.
  var offset: Int

  private static let deepestSkip = 8

  /// Reads `range` of the file at `path`, whose bytes from the start are `bytes`.
  init(_ bytes: UnsafeRawBufferPointer, range: Range<Int>, path: String) {
    self.bytes = UnsafeRawBufferPointer(rebasing: bytes[..<range.upperBound])
    self.path = path
    offset = range.lowerBound
  }

  func malformed(_ problem: String) -> CheckpointError {
    let place = subject.isEmpty ? "byte \(offset)" : "\(subject) (byte \(offset))"
    return .malformed(path: path, place: place, problem: problem)
  }

  /// Reads an object and calls `readValue` with each key; that call must read the key's value.
  mutating func readObject(
    _ readValue: (inout JSONScanner, String) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    var keys: Set<String> = []
    try readList(from: "{", to: "}") { (scanner: inout JSONScanner) throws(CheckpointError) in
      let key = try scanner.readString()
      guard keys.insert(key).inserted else {
        throw scanner.malformed("the name \(quoted(key)) occurs twice")
      }
      try scanner.expect(":")
      try readValue(&scanner, key)
    }
  }

  /// Reads an array of whole numbers, none of them negative.
  mutating func readCounts() throws(CheckpointError) -> [Int] {
    var counts: [Int] = []
    try readList(from: "[", to: "]") { (scanner: inout JSONScanner) throws(CheckpointError) in
      counts.append(try scanner.readCount())
    }
    return counts
  }

  /// Reads over a value of any kind that nests at most eight levels deep.
  mutating func skipValue(depth: Int = 0) throws(CheckpointError) {
    guard depth <= Self.deepestSkip else {
      throw malformed("the text is nested deeper than \(Self.deepestSkip) levels")
    }
    switch nextByte() {
    case UInt8(ascii: "{"):
      try readObject { (scanner: inout JSONScanner, _) throws(CheckpointError) in
        try scanner.skipValue(depth: depth + 1)
      }
    case UInt8(ascii: "["):
      try readList(from: "[", to: "]") { (scanner: inout JSONScanner) throws(CheckpointError) in
        try scanner.skipValue(depth: depth + 1)
      }
    case UInt8(ascii: "\""): _ = try readString()
    default: try skipWord()
    }
  }

  /// Checks that nothing but white space is left.
  mutating func expectEnd() throws(CheckpointError) {
    guard nextByte() == nil else {
      throw malformed("\(nextByteInWords()) follows the end of the JSON text")
    }
  }

  /// Reads over `character`, which must come next after white space.
  mutating func expect(_ character: Unicode.Scalar) throws(CheckpointError) {
    guard skip(character) else {
      throw malformed("\(nextByteInWords()) stands where '\(character)' is expected")
    }
  }

  /// Returns the next byte that is not white space, without reading over it; nil at the end.
  mutating func nextByte() -> UInt8? {
    while offset < bytes.count {
      switch bytes[offset] {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        offset += 1
      case let byte: return byte
      }
    }
    return nil
  }

  private func nextByteInWords() -> String {
    guard offset < bytes.count else { return "the end of the text" }
    let byte = bytes[offset]
    guard (0x21...0x7e).contains(byte) else { return "byte 0x\(String(byte, radix: 16))" }
    return "'\(Unicode.Scalar(byte))'"
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard nextByte() == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  private mutating func readList(
    from opening: Unicode.Scalar, to closing: Unicode.Scalar,
    _ readItem: (inout JSONScanner) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    try expect(opening)
    guard !skip(closing) else { return }
    repeat { try readItem(&self) } while skip(",")
    try expect(closing)
  }

  private mutating func readCount() throws(CheckpointError) -> Int {
    let word = try readWord()
    let isWhole = word.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard isWhole, word == "0" || !word.hasPrefix("0"), let count = Int(word) else {
      throw malformed("\(quoted(word)) is not a whole number from 0 to \(Int.max)")
    }
    return count
  }

  /// Reads over a number, `true`, `false` or `null`.
  private mutating func skipWord() throws(CheckpointError) {
    let word = try readWord()
    let number = /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+\-]?[0-9]+)?/
    guard ["true", "false", "null"].contains(word) || word.wholeMatch(of: number) != nil else {
      throw malformed("\(quoted(word)) is not a JSON value")
    }
  }

  /// Reads letters, digits and the signs that occur in numbers: at least one.
  private mutating func readWord() throws(CheckpointError) -> String {
    _ = nextByte()
    let start = offset
    while offset < bytes.count, Self.isWordByte(bytes[offset]) { offset += 1 }
    guard offset > start else {
      throw malformed("\(nextByteInWords()) stands where a value is expected")
    }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
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
}
