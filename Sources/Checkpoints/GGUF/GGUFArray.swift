import StrictJSON

/// A metadata array as the file has it; each accessor decodes all elements anew.
///
/// Every accessor throws when the elements have another type than its own.
public struct GGUFArray: Sendable {
  /// The metadata key that the array belongs to.
  public let key: String
  /// The type of all elements.
  public let elementType: GGUFValueType
  /// The count of elements.
  public let count: Int
  private let path: String
  private let bytes: [UInt8]

  init(key: String, path: String, elementType: GGUFValueType, count: Int, bytes: [UInt8]) {
    self.key = key
    self.path = path
    self.elementType = elementType
    self.count = count
    self.bytes = bytes
  }

  /// Returns the elements of an array of any integer type.
  public func ints() throws(CheckpointError) -> [Int] {
    switch elementType {
    case .uint8: return try integers(UInt8.self)
    case .int8: return try integers(Int8.self)
    case .uint16: return try integers(UInt16.self)
    case .int16: return try integers(Int16.self)
    case .uint32: return try integers(UInt32.self)
    case .int32: return try integers(Int32.self)
    case .uint64: return try integers(UInt64.self)
    case .int64: return try integers(Int64.self)
    default: throw wrongType("an array of integers")
    }
  }

  /// Returns the elements of an array of float32 or float64, exactly.
  public func floats() throws(CheckpointError) -> [Double] {
    switch elementType {
    case .float32:
      return try elements { (cursor) throws(CheckpointError) in
        Double(Float(bitPattern: try cursor.read(UInt32.self)))
      }
    case .float64:
      return try elements { (cursor) throws(CheckpointError) in
        Double(bitPattern: try cursor.read(UInt64.self))
      }
    default: throw wrongType("an array of floating-point numbers")
    }
  }

  /// Returns the elements of an array of booleans.
  public func bools() throws(CheckpointError) -> [Bool] {
    guard elementType == .bool else { throw wrongType("an array of booleans") }
    return try elements { (cursor) throws(CheckpointError) in try cursor.readBool() }
  }

  /// Returns the bytes of each element of an array of strings, UTF-8 or not.
  public func byteStrings() throws(CheckpointError) -> [[UInt8]] {
    guard elementType == .string else { throw wrongType("an array of strings") }
    return try elements { (cursor) throws(CheckpointError) in
      Array(try cursor.readByteString())
    }
  }

  /// Returns the elements of an array of strings, all of which must be UTF-8.
  public func strings() throws(CheckpointError) -> [String] {
    guard elementType == .string else { throw wrongType("an array of strings") }
    return try elements { (cursor) throws(CheckpointError) in
      guard let text = String(validating: try cursor.readByteString(), as: UTF8.self) else {
        throw cursor.malformed("an element is not UTF-8 text")
      }
      return text
    }
  }

  /// Returns the elements of an array of arrays.
  public func arrays() throws(CheckpointError) -> [GGUFArray] {
    guard elementType == .array else { throw wrongType("an array of arrays") }
    return try elements { (cursor) throws(CheckpointError) in
      try cursor.readArray(key: key)
    }
  }

  private func integers<Value: FixedWidthInteger>(
    _: Value.Type
  ) throws(CheckpointError) -> [Int] {
    try elements { (cursor) throws(CheckpointError) in
      let value = try cursor.read(Value.self)
      guard let int = Int(exactly: value) else {
        throw cursor.malformed("the element \(value) is too large")
      }
      return int
    }
  }

  private func elements<Element>(
    _ decode: (inout ByteCursor) throws(CheckpointError) -> Element
  ) throws(CheckpointError) -> [Element] {
    var cursor = ByteCursor(bytes, path: path, place: "metadata key \(quoted(key))")
    var result: [Element] = []
    result.reserveCapacity(count)
    for _ in 0..<count { result.append(try decode(&cursor)) }
    return result
  }

  private func wrongType(_ expected: String) -> CheckpointError {
    .wrongType(
      path: path, key: key, expected: expected, found: GGUFValue.array(self).summary)
  }
}
