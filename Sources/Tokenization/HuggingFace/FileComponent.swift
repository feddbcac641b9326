import StrictJSON

/// One object of a `tokenizer.json` with its place in the file, such as `pre_tokenizer.pretokenizers`.
struct FileComponent {
  let value: JSONValue
  /// Where the object is, for messages.
  let place: String
  let source: String

  init(value: JSONValue, place: String, source: String) {
    self.value = value
    self.place = place
    self.source = source
  }

  /// The object that a whole file is.
  init(parsing bytes: [UInt8], source: String) throws(TokenizerError) {
    let value: JSONValue
    do throws(JSONError) { value = try JSONValue(parsing: bytes[...]) } catch {
      throw .invalidFile(problem: "no JSON: \(error)", source: source)
    }
    guard value.kind == .object else {
      throw .invalidFile(problem: "it is no JSON object", source: source)
    }
    self.init(value: value, place: "", source: source)
  }

  /// The value of `type`.
  func type() throws(TokenizerError) -> String { try string("type") }

  /// The component in field `key`, nil where there is none.
  func component(_ key: String) throws(TokenizerError) -> FileComponent? {
    guard let value = value[key] else { return nil }
    guard value.kind == .object else { throw invalid(key, "no object") }
    return FileComponent(
      value: value, place: place.isEmpty ? key : "\(place).\(key)", source: source)
  }

  /// The components in the array `key`.
  func components(_ key: String) throws(TokenizerError) -> [FileComponent] {
    guard let elements = value[key]?.elements else { throw invalid(key, "no list") }
    var components: [FileComponent] = []
    for (index, element) in elements.enumerated() {
      guard element.kind == .object else { throw invalid("\(key)[\(index)]", "no object") }
      components.append(
        FileComponent(value: element, place: "\(place).\(key)[\(index)]", source: source))
    }
    return components
  }

  func string(_ key: String) throws(TokenizerError) -> String {
    guard let string = value[key]?.string else { throw invalid(key, "no text") }
    return string
  }

  func bytes(_ key: String) throws(TokenizerError) -> [UInt8] { Array(try string(key).utf8) }

  /// A true or false value, `absent` where the field is missing.
  func bool(_ key: String, absent: Bool) throws(TokenizerError) -> Bool {
    guard let value = value[key] else { return absent }
    guard let bool = value.bool else { throw invalid(key, "neither true nor false") }
    return bool
  }

  func id(_ value: JSONValue?, _ key: String) throws(TokenizerError) -> Int32 {
    guard let id = value?.int, let id = Int32(exactly: id), id >= 0,
      id <= PieceVocabulary.largestID
    else { throw invalid(key, "no token id") }
    return id
  }

  /// The pattern in field `pattern`: `{"String": …}` or `{"Regex": …}`.
  func pattern() throws(TokenizerError) -> TextPattern {
    guard let pattern = value["pattern"] else { throw invalid("pattern", "missing") }
    if let expression = pattern["Regex"]?.string {
      return try .expression(expression, source: source)
    }
    guard let literal = pattern["String"]?.bytes else {
      throw invalid("pattern", "neither String nor Regex")
    }
    guard !literal.isEmpty else {
      throw .unsupportedComponent("an empty pattern at \(place)", source: source)
    }
    return .literal(Array(literal))
  }

  func invalid(_ key: String, _ problem: String) -> TokenizerError {
    let path = place.isEmpty ? key : "\(place).\(key)"
    return .invalidFile(problem: "\(path) is \(problem)", source: source)
  }

  /// The error for a `type` that is not known.
  func unsupported(_ what: String, _ type: String) -> TokenizerError {
    .unsupportedComponent("the \(what) '\(type)' (\(place))", source: source)
  }

  /// The error for an option that is not known.
  func unsupported(option: String) -> TokenizerError {
    .unsupportedComponent("\(option) (\(place))", source: source)
  }
}
