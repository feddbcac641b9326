import StrictJSON

/// The key-value pairs at the start of a GGUF file.
///
/// Lookups throw when the value has another type than the one asked for, so that a caller never
/// mistakes a damaged file for one that leaves the choice to the reader. The variants ending in
/// `IfPresent` return nil only when the key is absent.
public struct GGUFMetadata: Sendable {
  /// All keys in the order of the file.
  public private(set) var keys: [String] = []
  private var values: [String: GGUFValue] = [:]
  private let path: String

  init(path: String) {
    self.path = path
  }

  /// Adds a pair, or returns false when the key is already there.
  mutating func add(_ value: GGUFValue, for key: String) -> Bool {
    guard values.updateValue(value, forKey: key) == nil else { return false }
    keys.append(key)
    return true
  }

  /// The value of `key`, or nil when it is absent.
  public subscript(key: String) -> GGUFValue? { values[key] }

  /// Returns the text of `key`.
  public func string(for key: String) throws(CheckpointError) -> String {
    try present(stringIfPresent(for: key), key, "a string")
  }

  /// Returns the text of `key`, or nil when the key is absent.
  public func stringIfPresent(for key: String) throws(CheckpointError) -> String? {
    guard let value = values[key] else { return nil }
    guard case .string(let string) = value else { throw wrongType(key, "a string", value) }
    guard let text = string.text else {
      throw .malformed(
        path: path, place: "metadata key \(quoted(key))", problem: "the text is not UTF-8")
    }
    return text
  }

  /// Returns the number of `key`, stored in any integer type.
  public func int(for key: String) throws(CheckpointError) -> Int {
    try present(intIfPresent(for: key), key, "an integer")
  }

  /// Returns the integer of `key`, or nil when the key is absent.
  public func intIfPresent(for key: String) throws(CheckpointError) -> Int? {
    guard let value = values[key] else { return nil }
    guard let int = value.int else { throw wrongType(key, "an integer", value) }
    return int
  }

  /// Returns the number of `key`, stored as float32 or float64, exactly.
  public func float(for key: String) throws(CheckpointError) -> Double {
    try present(floatIfPresent(for: key), key, "a floating-point number")
  }

  /// Returns the floating-point number of `key`, or nil when the key is absent.
  public func floatIfPresent(for key: String) throws(CheckpointError) -> Double? {
    guard let value = values[key] else { return nil }
    guard let float = value.float else { throw wrongType(key, "a floating-point number", value) }
    return float
  }

  /// Returns the boolean of `key`.
  public func bool(for key: String) throws(CheckpointError) -> Bool {
    try present(boolIfPresent(for: key), key, "a boolean")
  }

  /// Returns the boolean of `key`, or nil when the key is absent.
  public func boolIfPresent(for key: String) throws(CheckpointError) -> Bool? {
    guard let value = values[key] else { return nil }
    guard case .bool(let bool) = value else { throw wrongType(key, "a boolean", value) }
    return bool
  }

  /// Returns the array of `key`, not yet decoded.
  public func array(for key: String) throws(CheckpointError) -> GGUFArray {
    try present(arrayIfPresent(for: key), key, "an array")
  }

  /// Returns the array of `key`, not yet decoded, or nil when the key is absent.
  public func arrayIfPresent(for key: String) throws(CheckpointError) -> GGUFArray? {
    guard let value = values[key] else { return nil }
    guard case .array(let array) = value else { throw wrongType(key, "an array", value) }
    return array
  }

  /// Returns the integers in the array of `key`.
  public func ints(for key: String) throws(CheckpointError) -> [Int] {
    try array(for: key).ints()
  }

  /// Returns the integers in the array of `key`, or nil when the key is absent.
  public func intsIfPresent(for key: String) throws(CheckpointError) -> [Int]? {
    try arrayIfPresent(for: key)?.ints()
  }

  /// Returns the floating-point numbers in the array of `key`.
  public func floats(for key: String) throws(CheckpointError) -> [Double] {
    try array(for: key).floats()
  }

  /// Returns the floating-point numbers in the array of `key`, or nil when the key is absent.
  public func floatsIfPresent(for key: String) throws(CheckpointError) -> [Double]? {
    try arrayIfPresent(for: key)?.floats()
  }

  /// Returns the texts in the array of `key`.
  public func strings(for key: String) throws(CheckpointError) -> [String] {
    try array(for: key).strings()
  }

  /// Returns the texts in the array of `key`, or nil when the key is absent.
  public func stringsIfPresent(for key: String) throws(CheckpointError) -> [String]? {
    try arrayIfPresent(for: key)?.strings()
  }

  /// Returns the bytes of each string in the array of `key`, UTF-8 or not.
  public func byteStrings(for key: String) throws(CheckpointError) -> [[UInt8]] {
    try array(for: key).byteStrings()
  }

  private func present<Value>(
    _ value: Value?, _ key: String, _ expected: String
  ) throws(CheckpointError) -> Value {
    guard let value else { throw .missingKey(path: path, key: key, expected: expected) }
    return value
  }

  private func wrongType(
    _ key: String, _ expected: String, _ value: GGUFValue
  ) -> CheckpointError {
    .wrongType(path: path, key: key, expected: expected, found: value.summary)
  }
}
