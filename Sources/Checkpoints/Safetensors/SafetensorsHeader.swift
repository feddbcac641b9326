import StrictJSON

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
    let bytes = try file.bytes(in: 0..<range.upperBound, for: "the header")[range]
    guard bytes.first == UInt8(ascii: "{") else {
      throw .malformed(
        path: file.path, place: "byte \(range.lowerBound)",
        problem: "the header does not start with '{'")
    }
    try read(
      try JSONValue.parse(bytes, path: file.path), data: range.upperBound..<file.count,
      path: file.path)
    try Self.checkCoverage(
      of: tensors, path: file.path, fileSize: file.count, start: range.upperBound)
  }

  private mutating func read(
    _ header: JSONValue, data: Range<Int>, path: String
  ) throws(CheckpointError) {
    for (name, value) in try header.namedMembers(subject: "the header", path: path) {
      if name == "__metadata__" {
        for (key, value) in try value.namedMembers(subject: name, path: path) {
          metadata[key] = try value.text(ofMember: key, subject: name, path: path)
        }
      } else {
        tensors.append(
          try SafetensorsEntry(value, name: name, path: path).located(in: data))
      }
    }
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

/// What a safetensors file says about one tensor, whether or not it can be unpacked.
public struct SafetensorsTensorInfo: Sendable, Equatable {
  /// The tensor's name; any text, so escape it before showing it.
  public let name: String
  /// The sizes in row-major order, outermost first; empty for a single number, and any may be zero.
  public let shape: [Int]
  /// The storage type's name in the file, such as `BF16`: at most 32 letters, digits and `_`.
  public let typeName: String
  /// Where the numbers lie, in bytes from the start of the file.
  public let byteRange: Range<Int>

  /// The size in the file, in bytes.
  public var byteCount: Int { byteRange.count }

  /// The storage type, or nil when numbers of this type cannot be unpacked.
  public var type: TensorType? {
    switch typeName {
    case "F32": .f32
    case "F16": .f16
    case "BF16": .bf16
    default: nil
    }
  }

  /// The size of one number of the named storage type in bits, or nil when it is not known.
  static func bitsPerNumber(typeName: String) -> Int? {
    switch typeName {
    case "F4": 4
    case "F6_E2M3", "F6_E3M2": 6
    case "BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ": 8
    case "I16", "U16", "F16", "BF16": 16
    case "I32", "U32", "F32": 32
    case "I64", "U64", "F64", "C64": 64
    default: nil
    }
  }
}
