/// A position in untrusted little-endian bytes; every read is checked against the end.
struct ByteCursor {
  let bytes: UnsafeRawBufferPointer
  let path: String
  /// What is being read, for messages, such as `metadata key "llama.block_count"`.
  var place: String
  var offset = 0

  init(_ bytes: UnsafeRawBufferPointer, path: String, place: String) {
    self.bytes = bytes
    self.path = path
    self.place = place
  }

  var remaining: Int { bytes.count - offset }

  func malformed(_ problem: String) -> CheckpointError {
    .malformed(path: path, place: place, problem: problem)
  }

  mutating func read<Value: FixedWidthInteger>(
    _: Value.Type
  ) throws(CheckpointError) -> Value {
    let start = offset
    try skip(MemoryLayout<Value>.size)
    return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: Value.self))
  }

  mutating func skip(_ count: Int) throws(CheckpointError) {
    guard count <= remaining else {
      throw malformed("\(count) more bytes are needed but the file has only \(remaining) left")
    }
    offset += count
  }

  /// Reads a 64-bit number of things that occupy at least `size` bytes each behind it.
  mutating func readCount(
    of things: String, occupyingAtLeast size: Int
  ) throws(CheckpointError) -> Int {
    let stored = try read(UInt64.self)
    guard let count = Int(exactly: stored), count <= remaining / size else {
      throw malformed(
        "it announces \(stored) \(things), more than the \(remaining) bytes left can hold")
    }
    return count
  }

  /// Reads a length and returns the range of as many bytes that follow it.
  mutating func readByteString() throws(CheckpointError) -> Range<Int> {
    let count = try readCount(of: "bytes of text", occupyingAtLeast: 1)
    let start = offset
    offset += count
    return start..<offset
  }

  /// Reads a name: non-empty UTF-8 text.
  mutating func readName() throws(CheckpointError) -> String {
    let range = try readByteString()
    guard !range.isEmpty else { throw malformed("the name is empty") }
    guard range.count <= Self.longestName else {
      throw malformed("the name has \(range.count) bytes, more than \(Self.longestName)")
    }
    guard let name = String(validating: bytes[range], as: UTF8.self) else {
      throw malformed("the name is not UTF-8 text")
    }
    return name
  }

  /// The limit that the GGUF specification sets for keys, in bytes.
  private static let longestName = 65_535
}
