/// Builds a small GGUF file, version 3, little-endian: key-value pairs and 1-D float32 tensors.
///
/// Format: `docs/gguf.md` in the ggml repository. Pairs and tensors keep the order in which they
/// are added; adding a name twice is an error of the program.
public struct GGUFWriter: Sendable {
  /// A metadata value of one of the types that this writer knows.
  public enum Value: Equatable, Sendable {
    case text(String)
    case uint32(UInt32)
    case int32(Int32)
    case float32(Float)
    case bool(Bool)
  }

  /// Where each tensor's data begins, in bytes; the format's default.
  private static let alignment = 32

  private var keys: Set<String> = []
  private var names: Set<String> = []
  private var pairs: [UInt8] = []
  private var infos: [UInt8] = []
  private var data: [UInt8] = []

  /// Makes a file without pairs and tensors.
  public init() {}

  /// Adds a key-value pair.
  public mutating func add(_ value: Value, for key: String) {
    precondition(keys.insert(key).inserted, "the key \(key) is added twice")
    Self.append(key, to: &pairs)
    pairs.append(littleEndian: value.type.rawValue)
    switch value {
    case .text(let text): Self.append(text, to: &pairs)
    case .uint32(let number): pairs.append(littleEndian: number)
    case .int32(let number): pairs.append(littleEndian: number)
    case .float32(let number): pairs.append(littleEndian: number.bitPattern)
    case .bool(let isTrue): pairs.append(isTrue ? 1 : 0)
    }
  }

  /// Adds a float32 tensor of shape `[numbers.count]`.
  public mutating func addTensor(_ name: String, _ numbers: [Float]) {
    precondition(names.insert(name).inserted, "the tensor \(name) is added twice")
    data.pad(to: Self.alignment)
    Self.append(name, to: &infos)
    infos.append(littleEndian: UInt32(1))
    infos.append(littleEndian: UInt64(numbers.count))
    // ggml's number of the type F32.
    infos.append(littleEndian: UInt32(0))
    infos.append(littleEndian: UInt64(data.count))
    data.append(littleEndian: numbers)
  }

  /// The bytes of the file.
  public var bytes: [UInt8] {
    var file = Array("GGUF".utf8)
    file.append(littleEndian: UInt32(3))
    file.append(littleEndian: UInt64(names.count))
    file.append(littleEndian: UInt64(keys.count))
    file += pairs
    file += infos
    file.pad(to: Self.alignment)
    file += data
    file.pad(to: Self.alignment)
    return file
  }

  /// Writes the file whole or not at all; replaces an existing one if `overwrite` is set.
  public func write(to path: String, overwrite: Bool) throws(CheckpointError) {
    try WholeFile.save(bytes, to: path, overwrite: overwrite)
  }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(littleEndian: UInt64(text.utf8.count))
    bytes.append(contentsOf: text.utf8)
  }
}

extension GGUFWriter.Value {
  fileprivate var type: GGUFValueType {
    switch self {
    case .text: .string
    case .uint32: .uint32
    case .int32: .int32
    case .float32: .float32
    case .bool: .bool
    }
  }
}
