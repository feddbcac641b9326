import StrictJSON

/// A hyperparameter's key in each file format; nil where the format does not have it.
struct Field: Sendable {
  let gguf: String?
  let huggingFace: String?

  init(gguf: String? = nil, huggingFace: String? = nil) {
    self.gguf = gguf
    self.huggingFace = huggingFace
  }
}

/// The hyperparameters of a model file, read by field, checked for type and range.
///
/// A field that is absent gives nil or the default that the caller took from the documentation of
/// transformers or llama.cpp; a field of another type or out of range is an error that names it.
struct Hyperparameters: Sendable {
  private enum Storage: Sendable {
    case gguf(GGUFMetadata, prefix: String)
    case huggingFace(JSONValue, place: String)
  }

  /// Counts beyond this are damage, and products of two counts below it cannot overflow.
  static let largestCount = Int(Int32.max)

  /// The file that holds the hyperparameters, for messages.
  let path: String
  private let storage: Storage

  /// The keys of `metadata` that start with the architecture's name.
  init(_ metadata: GGUFMetadata, architecture: String, path: String) {
    self.path = path
    storage = .gguf(metadata, prefix: architecture + ".")
  }

  /// A JSON object, whose members messages call `place` and their name; "" for the outermost.
  init(_ object: JSONValue, place: String = "", path: String) {
    self.path = path
    storage = .huggingFace(object, place: place)
  }

  var format: FileFormat {
    switch storage {
    case .gguf: .gguf
    case .huggingFace: .huggingFace
    }
  }

  /// Whether the file has a value for the key; null is none.
  func states(_ field: Field) -> Bool {
    guard let key = key(of: field) else { return false }
    switch storage {
    case .gguf(let metadata, _): return metadata[key] != nil
    case .huggingFace(let object, _): return object[key] != nil
    }
  }

  /// Whether config.json has the key with the value null, where that means more than to leave it out.
  func statesNull(_ field: Field) -> Bool {
    guard case .huggingFace(let object, _) = storage, let key = field.huggingFace else {
      return false
    }
    return object.has(key) && object[key] == nil
  }

  func countIfPresent(_ field: Field) throws(CheckpointError) -> Int? {
    guard let count = try integerIfPresent(field) else { return nil }
    guard (1...Self.largestCount).contains(count) else {
      throw invalid(field, "\(count) is not between 1 and \(Self.largestCount)")
    }
    return count
  }

  func count(_ field: Field, default: Int? = nil) throws(CheckpointError) -> Int {
    guard let count = try countIfPresent(field) ?? `default` else {
      throw missing(field, expected: "a positive integer")
    }
    return count
  }

  func integerIfPresent(_ field: Field) throws(CheckpointError) -> Int? {
    guard let key = key(of: field) else { return nil }
    switch storage {
    case .gguf(let metadata, _): return try metadata.intIfPresent(for: key)
    case .huggingFace(let object, _):
      guard let value = object[key] else { return nil }
      guard let int = value.int else { throw wrongType(field, "an integer", value) }
      return int
    }
  }

  func numberIfPresent(_ field: Field) throws(CheckpointError) -> Double? {
    guard let key = key(of: field) else { return nil }
    switch storage {
    case .gguf(let metadata, _): return try metadata.floatIfPresent(for: key)
    case .huggingFace(let object, _):
      guard let value = object[key] else { return nil }
      guard let number = value.double else { throw wrongType(field, "a number", value) }
      return number
    }
  }

  func positiveIfPresent(_ field: Field) throws(CheckpointError) -> Double? {
    guard let number = try numberIfPresent(field) else { return nil }
    guard number.isFinite, number > 0 else {
      throw invalid(field, "\(number) is not a positive finite number")
    }
    return number
  }

  func positive(
    _ field: Field, default: Double? = nil
  ) throws(CheckpointError) -> Double {
    guard let number = try positiveIfPresent(field) ?? `default` else {
      throw missing(field, expected: "a positive number")
    }
    return number
  }

  /// A number that may be null for "none", with the default that holds when the key is absent.
  func positiveOrNone(
    _ field: Field, whenAbsent: Double?
  ) throws(CheckpointError) -> Double? {
    statesNull(field) ? nil : try positiveIfPresent(field) ?? whenAbsent
  }

  func flag(_ field: Field, default: Bool) throws(CheckpointError) -> Bool {
    guard let key = key(of: field) else { return `default` }
    switch storage {
    case .gguf(let metadata, _): return try metadata.boolIfPresent(for: key) ?? `default`
    case .huggingFace(let object, _):
      guard let value = object[key] else { return `default` }
      guard let flag = value.bool else { throw wrongType(field, "a boolean", value) }
      return flag
    }
  }

  func textIfPresent(_ field: Field) throws(CheckpointError) -> String? {
    guard let key = key(of: field) else { return nil }
    switch storage {
    case .gguf(let metadata, _): return try metadata.stringIfPresent(for: key)
    case .huggingFace(let object, _):
      guard let value = object[key] else { return nil }
      guard let text = value.string else { throw wrongType(field, "a string", value) }
      return text
    }
  }
}

extension Hyperparameters {
  /// The key that the file has for `field`.
  private func key(of field: Field) -> String? {
    switch storage {
    case .gguf(_, let prefix): field.gguf.map { prefix + $0 }
    case .huggingFace: field.huggingFace
    }
  }

  /// What messages call `field`.
  func name(of field: Field) -> String {
    switch storage {
    case .gguf(_, let prefix): prefix + (field.gguf ?? field.huggingFace ?? "")
    case .huggingFace(_, let place): place + (field.huggingFace ?? field.gguf ?? "")
    }
  }

  func invalid(_ field: Field, _ problem: String) -> CheckpointError {
    .invalidConfig(path: path, key: name(of: field), problem: problem)
  }

  func missing(_ field: Field, expected: String) -> CheckpointError {
    .missingKey(path: path, key: name(of: field), expected: expected)
  }

  private func wrongType(
    _ field: Field, _ expected: String, _ value: JSONValue
  ) -> CheckpointError {
    .wrongType(path: path, key: name(of: field), expected: expected, found: value.summary)
  }
}

extension Hyperparameters {
  /// The members of the JSON object under `key`, or nil when it is absent; nil for GGUF.
  func objectIfPresent(_ key: String) throws(CheckpointError) -> Hyperparameters? {
    guard case .huggingFace(let object, let place) = storage,
      let value = object[key]
    else { return nil }
    guard value.kind == .object else {
      throw wrongType(Field(huggingFace: key), "an object", value)
    }
    return Hyperparameters(value, place: place + key + ".", path: path)
  }

  /// The strings of an array in config.json, or nil when it is absent; nil for GGUF.
  func textsIfPresent(_ key: String) throws(CheckpointError) -> [String]? {
    let field = Field(huggingFace: key)
    guard let values = try elementsIfPresent(field, "an array of strings") else { return nil }
    var texts: [String] = []
    for value in values {
      guard let text = value.string else {
        throw wrongType(field, "an array of strings", value)
      }
      texts.append(text)
    }
    return texts
  }

  /// The numbers of an array in config.json, or nil when it is absent; nil for GGUF.
  func numbersIfPresent(_ key: String) throws(CheckpointError) -> [Double]? {
    let field = Field(huggingFace: key)
    guard let values = try elementsIfPresent(field, "an array of numbers") else { return nil }
    var numbers: [Double] = []
    for value in values {
      guard let number = value.double else {
        throw wrongType(field, "an array of numbers", value)
      }
      numbers.append(number)
    }
    return numbers
  }

  private func elementsIfPresent(
    _ field: Field, _ expected: String
  ) throws(CheckpointError) -> JSONValue.Elements? {
    guard case .huggingFace(let object, _) = storage, let key = field.huggingFace,
      let value = object[key]
    else { return nil }
    guard let elements = value.elements else { throw wrongType(field, expected, value) }
    return elements
  }
}
