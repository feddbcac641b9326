import StrictJSON

extension JSONValue {
  /// In bytes; configurations have some thousand.
  private static let longestConfiguration = 100_000_000

  /// Reads the configuration file at `path`, whose outermost value must be an object.
  static func readObject(path: String) throws(CheckpointError) -> JSONValue {
    let object = try parse(
      try OpenFile(path: path).contents(limit: longestConfiguration)[...], path: path)
    guard object.kind == .object else {
      throw .malformed(
        path: path, place: "its JSON", problem: "it is \(object.summary) instead of an object")
    }
    return object
  }

  /// Parses bytes of the file at `path`, whose indices are their places in the file.
  static func parse(
    _ bytes: ArraySlice<UInt8>, path: String
  ) throws(CheckpointError) -> JSONValue {
    do throws(JSONError) { return try JSONValue(parsing: bytes) } catch {
      throw .malformed(path: path, place: "byte \(error.offset)", problem: error.problem)
    }
  }

  /// The error for a value in the file at `path`; `subject` is what it belongs to, such as
  /// `tensor "model.norm.weight"`.
  func malformed(_ problem: String, subject: String, path: String) -> CheckpointError {
    .malformed(path: path, place: "\(subject) (byte \(offset))", problem: problem)
  }

  /// The members of an object by name; throws where the value is none.
  func namedMembers(
    subject: String, path: String
  ) throws(CheckpointError) -> [(name: String, value: JSONValue)] {
    guard let members else {
      throw malformed("it is \(summary) instead of an object", subject: subject, path: path)
    }
    return members.map { (String(decoding: $0.name, as: UTF8.self), $0.value) }
  }

  /// The text of the member `name`; throws where the value is no string.
  func text(ofMember name: String, subject: String, path: String) throws(CheckpointError) -> String
  {
    guard let string else {
      throw malformed(
        "\(quoted(name)) is \(summary) instead of a string", subject: subject, path: path)
    }
    return string
  }
}
