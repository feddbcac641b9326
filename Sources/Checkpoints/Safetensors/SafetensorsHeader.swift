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

  init(_ file: OpenFile) throws(CheckpointError) {
    let range = try Self.range(file)
    let bytes = try file.bytes(in: 0..<range.upperBound, for: "the header")
    try bytes.withUnsafeBufferPointer { (bytes) throws(CheckpointError) in
      var scanner = JSONScanner(UnsafeRawBufferPointer(bytes), range: range, path: file.path)
      try read(&scanner, data: range.upperBound..<file.count)
    }
    try Self.checkCoverage(
      of: tensors, path: file.path, fileSize: file.count, start: range.upperBound)
  }

  private mutating func read(
    _ scanner: inout JSONScanner, data: Range<Int>
  ) throws(CheckpointError) {
    guard scanner.bytes[scanner.offset] == UInt8(ascii: "{") else {
      throw scanner.malformed("the header does not start with '{'")
    }
    try scanner.readObject { (scanner: inout JSONScanner, name) throws(CheckpointError) in
      guard name != "__metadata__" else {
        metadata = try Self.readMetadata(&scanner)
        return
      }
      scanner.subject = "tensor \(quoted(name))"
      let entry = try SafetensorsEntry(&scanner, name: name)
      tensors.append(try entry.located(in: data, scanner: scanner))
      scanner.subject = ""
    }
    try scanner.expectEnd()
  }

  /// Reads the length before the header and returns the header's place in the file.
  private static func range(_ file: OpenFile) throws(CheckpointError) -> Range<Int> {
    let pointer = "version https://git-lfs".utf8
    let start = try file.bytes(in: 0..<min(pointer.count, file.count), for: "the header length")
    guard !start.elementsEqual(pointer) else {
      throw .unsupported(
        path: file.path, what: "it is a Git LFS pointer, which stands for a file elsewhere",
        remedy: "fetch the file with git lfs pull")
    }
    var cursor = ByteCursor(file, place: "the header length")
    let stored = try cursor.read(UInt64.self)
    guard stored > 0, stored <= longestHeader else {
      throw cursor.malformed(
        "it is \(stored) bytes instead of 1 to \(longestHeader), so the file is not a safetensors "
          + "file")
    }
    let length = Int(stored)
    try cursor.skip(length)
    return cursor.offset - length..<cursor.offset
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
