/// Everything before the tensor data of a safetensors file, checked.
///
/// As in the reference implementation the tensors must cover the data exactly, without holes or
/// overlaps. Stricter than it is, as the format's description asks: the header starts with `{` and
/// no name occurs twice. A storage type that is not known yet is let through.
struct SafetensorsHeader {
  private(set) var metadata: [String: String] = [:]
  /// In the order of the header.
  private(set) var tensors: [SafetensorsTensorInfo] = []

  /// The limit of the reference implementation, in bytes.
  private static let longestHeader = 100_000_000

  init(_ file: MappedFile) throws(CheckpointError) {
    let parts = try file.withUnsafeBytes { (bytes) throws(CheckpointError) in
      try Self.read(bytes, path: file.path)
    }
    metadata = parts.metadata
    tensors = parts.tensors
    try Self.checkCoverage(of: tensors, path: file.path, fileSize: file.count, start: parts.end)
  }

  private static func read(
    _ bytes: UnsafeRawBufferPointer, path: String
  ) throws(CheckpointError) -> (
    metadata: [String: String], tensors: [SafetensorsTensorInfo], end: Int
  ) {
    var metadata: [String: String] = [:]
    var tensors: [SafetensorsTensorInfo] = []
    let header = try range(bytes, path: path)
    var scanner = JSONScanner(bytes, range: header, path: path)
    guard bytes[header.lowerBound] == UInt8(ascii: "{") else {
      throw scanner.malformed("the header does not start with '{'")
    }
    try scanner.readObject { (scanner: inout JSONScanner, name) throws(CheckpointError) in
      guard name != "__metadata__" else {
        metadata = try readMetadata(&scanner)
        return
      }
      scanner.subject = "tensor \(quoted(name))"
      let entry = try SafetensorsEntry(&scanner, name: name)
      tensors.append(try entry.located(in: header.upperBound..<bytes.count, scanner: scanner))
      scanner.subject = ""
    }
    try scanner.expectEnd()
    return (metadata, tensors, header.upperBound)
  }

  /// Reads the length before the header and returns the header's place in the file.
  private static func range(
    _ bytes: UnsafeRawBufferPointer, path: String
  ) throws(CheckpointError) -> Range<Int> {
    guard !bytes.starts(with: "version https://git-lfs".utf8) else {
      throw .unsupported(
        path: path, what: "it is a Git LFS pointer, which stands for a file elsewhere",
        remedy: "fetch the file with git lfs pull")
    }
    var cursor = ByteCursor(bytes, path: path, place: "the header length")
    let stored = try cursor.read(UInt64.self)
    guard stored > 0, stored <= longestHeader else {
      throw cursor.malformed(
        "it is \(stored) bytes instead of 1 to \(longestHeader), so the file is not a safetensors "
          + "file")
    }
    let start = cursor.offset
    try cursor.skip(Int(stored))
    return start..<cursor.offset
  }

  private static func readMetadata(
    _ scanner: inout JSONScanner
  ) throws(CheckpointError) -> [String: String] {
    var metadata: [String: String] = [:]
    scanner.subject = "__metadata__"
    try scanner.readObject { (scanner: inout JSONScanner, key) throws(CheckpointError) in
      metadata[key] = try scanner.readString()
    }
    scanner.subject = ""
    return metadata
  }

  private static func checkCoverage(
    of tensors: [SafetensorsTensorInfo], path: String, fileSize: Int, start: Int
  ) throws(CheckpointError) {
    var end = start
    for tensor in tensors.sorted(by: { precedes($0.byteRange, $1.byteRange) }) {
      let begin = tensor.byteRange.lowerBound
      guard begin == end else {
        let problem =
          begin < end
          ? "its data overlaps that of another tensor"
          : "the \(begin - end) bytes before its data belong to no tensor"
        throw .malformed(path: path, place: "tensor \(quoted(tensor.name))", problem: problem)
      }
      end = tensor.byteRange.upperBound
    }
    guard end == fileSize else {
      throw .malformed(
        path: path, place: "byte \(end)",
        problem: "the last \(fileSize - end) bytes of the file belong to no tensor")
    }
  }

  /// Orders by start, then by end: an empty tensor stands before the one that starts there too.
  private static func precedes(_ first: Range<Int>, _ second: Range<Int>) -> Bool {
    (first.lowerBound, first.upperBound) < (second.lowerBound, second.upperBound)
  }
}
