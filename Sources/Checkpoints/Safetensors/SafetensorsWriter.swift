/// Builds a small safetensors file of float32 tensors.
///
/// Format: the README of the repository huggingface/safetensors. Tensors keep the order in which
/// they are added; adding a name twice is an error of the program.
public struct SafetensorsWriter: Sendable {
  /// Where the data begins, in bytes, as the reference implementation aligns it.
  private static let alignment = 8

  private var names: Set<String> = []
  private var entries: [String] = []
  private var data: [UInt8] = []

  /// Makes a file without tensors; `metadata` is what `__metadata__` holds.
  public init(metadata: [String: String]) {
    guard !metadata.isEmpty else { return }
    let pairs = metadata.sorted { $0.key < $1.key }
    let list = pairs.map { "\(Self.json($0.key)):\(Self.json($0.value))" }.joined(separator: ",")
    entries.append("\"__metadata__\":{\(list)}")
  }

  /// Adds a float32 tensor; `numbers` are in row-major order.
  public mutating func addTensor(_ name: String, shape: [Int], _ numbers: [Float]) {
    precondition(names.insert(name).inserted, "the tensor \(name) is added twice")
    precondition(shape.reduce(1, *) == numbers.count, "the tensor \(name) has another shape")
    let start = data.count
    data.append(littleEndian: numbers)
    let sizes = shape.map(String.init).joined(separator: ",")
    entries.append(
      "\(Self.json(name)):{\"dtype\":\"F32\",\"shape\":[\(sizes)],"
        + "\"data_offsets\":[\(start),\(data.count)]}")
  }

  /// The bytes of the file.
  public var bytes: [UInt8] {
    var header = Array("{\(entries.joined(separator: ","))}".utf8)
    header.pad(to: Self.alignment, with: UInt8(ascii: " "))
    var file: [UInt8] = []
    file.append(littleEndian: UInt64(header.count))
    return file + header + data
  }

  /// Writes the file whole or not at all; replaces an existing one if `overwrite` is set.
  public func write(to path: String, overwrite: Bool) throws(CheckpointError) {
    try WholeFile.save(bytes, to: path, overwrite: overwrite)
  }

  /// Text in quotes, as JSON has it.
  private static func json(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case "\0"..<" ":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
