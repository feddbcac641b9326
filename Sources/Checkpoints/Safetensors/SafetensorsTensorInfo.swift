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
