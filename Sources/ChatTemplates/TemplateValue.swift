/// A plain value that is handed to a chat template as a variable.
///
/// Mirrors JSON; the order of an object's entries is kept because templates can print it.
public indirect enum TemplateValue: Sendable, Hashable {
  /// Python's `None`.
  case none
  /// A truth value.
  case bool(Bool)
  /// A whole number.
  case int(Int)
  /// A double-precision number.
  case float(Double)
  /// A string.
  case string(String)
  /// A list.
  case array([TemplateValue])
  /// A mapping with string keys, in order; of two entries with one key the later value counts.
  case object([Entry])

  /// One key and its value in an object.
  public struct Entry: Sendable, Hashable {
    /// The key.
    public let key: String
    /// The value.
    public let value: TemplateValue

    /// An entry of an object.
    public init(_ key: String, _ value: TemplateValue) {
      self.key = key
      self.value = value
    }
  }
}

/// One turn of a conversation.
public struct ChatMessage: Sendable, Hashable {
  /// Who speaks: `system`, `user`, `assistant`, or another role that the template knows.
  public var role: String
  /// What is said.
  public var content: String

  /// A turn of the conversation.
  public init(role: String, content: String) {
    self.role = role
    self.content = content
  }
}
