/// Reading of metadata values.
extension ByteCursor {
  /// The limit on arrays within arrays; real files have one level.
  private static let deepestArray = 8

  mutating func readBool() throws(CheckpointError) -> Bool {
    switch try read(UInt8.self) {
    case 0: return false
    case 1: return true
    case let other: throw malformed("a boolean is \(other) instead of 0 or 1")
    }
  }

  mutating func readValueType() throws(CheckpointError) -> GGUFValueType {
    let code = try read(UInt32.self)
    guard let type = GGUFValueType(rawValue: code) else {
      throw malformed("\(code) is not the number of a value type (0 to 12)")
    }
    return type
  }

  mutating func readValue(key: String) throws(CheckpointError) -> GGUFValue {
    switch try readValueType() {
    case .uint8: return .uint8(try read(UInt8.self))
    case .int8: return .int8(try read(Int8.self))
    case .uint16: return .uint16(try read(UInt16.self))
    case .int16: return .int16(try read(Int16.self))
    case .uint32: return .uint32(try read(UInt32.self))
    case .int32: return .int32(try read(Int32.self))
    case .uint64: return .uint64(try read(UInt64.self))
    case .int64: return .int64(try read(Int64.self))
    case .float32: return .float32(Float(bitPattern: try read(UInt32.self)))
    case .float64: return .float64(Double(bitPattern: try read(UInt64.self)))
    case .bool: return .bool(try readBool())
    case .string: return .string(GGUFString(utf8: Array(try readByteString())))
    case .array: return .array(try readArray(key: key))
    }
  }

  /// Reads an array, whose elements' sizes it checks.
  mutating func readArray(key: String) throws(CheckpointError) -> GGUFArray {
    let (type, count) = try readArrayStart()
    let start = offset
    try skipElements(type, count, depth: 1)
    return GGUFArray(
      key: key, path: path, elementType: type, count: count,
      bytes: Array(try bytes(in: start..<offset)))
  }

  private mutating func readArrayStart() throws(CheckpointError) -> (GGUFValueType, count: Int) {
    let type = try readValueType()
    return (type, try readCount(of: "\(type) elements", occupyingAtLeast: type.leastSize))
  }

  private mutating func skipElements(
    _ type: GGUFValueType, _ count: Int, depth: Int
  ) throws(CheckpointError) {
    guard depth <= Self.deepestArray else {
      throw malformed("arrays are nested deeper than \(Self.deepestArray) levels")
    }
    switch type {
    case .string:
      for _ in 0..<count { try skipByteString() }
    case .array:
      for _ in 0..<count {
        let (inner, innerCount) = try readArrayStart()
        try skipElements(inner, innerCount, depth: depth + 1)
      }
    default:
      // No overflow: readCount has found that so many elements fit.
      try skip(count * type.leastSize)
    }
  }
}
