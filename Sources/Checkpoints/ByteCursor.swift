/// A position in untrusted little-endian bytes; every read is checked against the end.
///
/// Of a file, no more than what is read is in memory, up to a limit: what a header states about its
/// own length need not be true.
struct ByteCursor {
  let path: String
  /// What is being read, for messages, such as `metadata key "llama.block_count"`.
  var place: String
  private(set) var offset = 0
  private let file: OpenFile?
  private let count: Int
  /// The bytes from the start on that are in memory.
  private var loaded: [UInt8]

  /// The most bytes of a file that are held; headers with large vocabularies have 30 million.
  private static let longestHeader = 1 << 28
  private static let firstLoad = 1 << 16

  /// Stands at the start of `bytes`.
  init(_ bytes: [UInt8], path: String, place: String) {
    self.path = path
    self.place = place
    file = nil
    count = bytes.count
    loaded = bytes
  }

  /// Stands at the start of a file.
  init(_ file: OpenFile, place: String) {
    path = file.path
    self.place = place
    self.file = file
    count = file.count
    loaded = []
  }

  var remaining: Int { count - offset }

  func malformed(_ problem: String) -> CheckpointError {
    .malformed(path: path, place: place, problem: problem)
  }

  mutating func read<Value: FixedWidthInteger>(
    _: Value.Type
  ) throws(CheckpointError) -> Value {
    let start = offset
    try skip(MemoryLayout<Value>.size)
    try load(to: offset)
    return loaded.withUnsafeBytes {
      Value(littleEndian: $0.loadUnaligned(fromByteOffset: start, as: Value.self))
    }
  }

  /// Steps over bytes without fetching them.
  mutating func skip(_ count: Int) throws(CheckpointError) {
    guard count <= remaining else {
      throw malformed("\(count) more bytes are needed but the file has only \(remaining) left")
    }
    offset += count
  }

  /// Returns bytes between the start and the cursor.
  mutating func bytes(in range: Range<Int>) throws(CheckpointError) -> ArraySlice<UInt8> {
    precondition(range.upperBound <= offset, "the bytes were not checked to be there")
    try load(to: range.upperBound)
    return loaded[range]
  }

  /// Reads a 64-bit number of things that occupy at least `size` bytes each after it.
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

  /// Reads a length and as many bytes that follow it.
  mutating func readByteString() throws(CheckpointError) -> ArraySlice<UInt8> {
    let start = try skipByteString()
    return try bytes(in: start..<offset)
  }

  /// Steps over a length and as many bytes that follow it; returns where these start.
  @discardableResult
  mutating func skipByteString() throws(CheckpointError) -> Int {
    let count = try readCount(of: "bytes of text", occupyingAtLeast: 1)
    defer { offset += count }
    return offset
  }

  /// Reads a name: non-empty UTF-8 text.
  mutating func readName() throws(CheckpointError) -> String {
    let start = try skipByteString()
    let length = offset - start
    guard length > 0 else { throw malformed("the name is empty") }
    guard length <= Self.longestName else {
      throw malformed("the name has \(length) bytes, more than \(Self.longestName)")
    }
    guard let name = String(validating: try bytes(in: start..<offset), as: UTF8.self) else {
      throw malformed("the name is not UTF-8 text")
    }
    return name
  }

  /// The limit that the GGUF specification sets for keys, in bytes.
  private static let longestName = 65_535

  /// Fetches the bytes before `end`, and as many again, so that few reads fetch a long header.
  private mutating func load(to end: Int) throws(CheckpointError) {
    guard end > loaded.count, let file else { return }
    guard end <= Self.longestHeader else {
      throw malformed("the file's header is longer than \(Self.longestHeader) bytes")
    }
    let start = loaded.count
    let target = min(max(end, 2 * start, Self.firstLoad), count, Self.longestHeader)
    loaded = try file.bytes(in: start..<target, after: loaded, for: place)
  }
}
