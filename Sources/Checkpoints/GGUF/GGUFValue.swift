/// The type of a metadata value, with its number in the file.
public enum GGUFValueType: UInt32, Sendable {
  case uint8 = 0
  case int8, uint16, int16, uint32, int32, float32, bool, string, array, uint64, int64, float64

  /// The size of a value in bytes, or nil for strings and arrays.
  var fixedSize: Int? {
    switch self {
    case .uint8, .int8, .bool: 1
    case .uint16, .int16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64: 8
    case .string, .array: nil
    }
  }

  /// The least room that a value takes: its length field for a string, also its type for an array.
  var leastSize: Int {
    switch self {
    case .string: 8
    case .array: 12
    default: fixedSize ?? 1
    }
  }
}

/// A metadata value; arrays are decoded when they are asked for.
public enum GGUFValue: Sendable {
  case uint8(UInt8), int8(Int8), uint16(UInt16), int16(Int16), uint32(UInt32), int32(Int32)
  case uint64(UInt64), int64(Int64), float32(Float), float64(Double), bool(Bool)
  case string(GGUFString)
  case array(GGUFArray)

  /// The value's type.
  public var type: GGUFValueType {
    switch self {
    case .uint8: .uint8
    case .int8: .int8
    case .uint16: .uint16
    case .int16: .int16
    case .uint32: .uint32
    case .int32: .int32
    case .uint64: .uint64
    case .int64: .int64
    case .float32: .float32
    case .float64: .float64
    case .bool: .bool
    case .string: .string
    case .array: .array
    }
  }

  /// The number as `Int`, or nil when it is no integer or too large.
  public var int: Int? {
    switch self {
    case .uint8(let value): Int(value)
    case .int8(let value): Int(value)
    case .uint16(let value): Int(value)
    case .int16(let value): Int(value)
    case .uint32(let value): Int(value)
    case .int32(let value): Int(value)
    case .uint64(let value): Int(exactly: value)
    case .int64(let value): Int(exactly: value)
    default: nil
    }
  }

  /// The number as `Double`, exactly, or nil when it is no floating-point number.
  public var float: Double? {
    switch self {
    case .float32(let value): Double(value)
    case .float64(let value): value
    default: nil
    }
  }

  /// The type and, where it explains a refusal, the value: for error messages.
  var summary: String {
    switch self {
    case .uint64(let value) where Int(exactly: value) == nil: "the too large uint64 \(value)"
    case .array(let array): "an array of \(array.count) \(array.elementType) values"
    default: "a \(type) value"
    }
  }
}

/// Text as the file has it.
public struct GGUFString: Sendable {
  /// The bytes as they are in the file.
  public let utf8: [UInt8]

  /// The text, or nil when the bytes are not UTF-8.
  public var text: String? { String(validating: utf8, as: UTF8.self) }
}
