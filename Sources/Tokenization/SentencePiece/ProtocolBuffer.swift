/// Reads the fields of one protocol-buffers message in order.
struct ProtocolBuffer {
  /// The value of a field by its wire type.
  enum Value {
    /// A varint: signed and unsigned integers, booleans, enumerations.
    case integer(Int64)
    case fixed64(UInt64)
    case fixed32(UInt32)
    /// Text, bytes or another message.
    case bytes(ArraySlice<UInt8>)
  }

  private var rest: ArraySlice<UInt8>
  private let source: String

  init(_ bytes: ArraySlice<UInt8>, source: String) {
    rest = bytes
    self.source = source
  }

  /// The next field's number and value, nil at the end.
  mutating func next() throws(TokenizerError) -> (number: UInt64, Value)? {
    if rest.isEmpty { return nil }
    let key = try varint()
    let value: Value
    switch key & 7 {
    case 0: value = .integer(Int64(bitPattern: try varint()))
    case 1: value = .fixed64(try fixed(8))
    case 2:
      let count = try varint()
      guard count <= UInt64(rest.count) else { throw truncated }
      value = .bytes(rest.prefix(Int(count)))
      rest = rest.dropFirst(Int(count))
    case 5: value = .fixed32(UInt32(truncatingIfNeeded: try fixed(4)))
    default:
      throw .invalidFile(problem: "it is no SentencePiece model", source: source)
    }
    return (key >> 3, value)
  }

  private var truncated: TokenizerError {
    .invalidFile(problem: "it ends too early for a SentencePiece model", source: source)
  }

  private mutating func varint() throws(TokenizerError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard let byte = rest.popFirst() else { throw truncated }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw .invalidFile(problem: "it is no SentencePiece model", source: source)
  }

  private mutating func fixed(_ count: Int) throws(TokenizerError) -> UInt64 {
    guard rest.count >= count else { throw truncated }
    var value: UInt64 = 0
    for (position, byte) in rest.prefix(count).enumerated() {
      value |= UInt64(byte) << (8 * UInt64(position))
    }
    rest = rest.dropFirst(count)
    return value
  }
}
