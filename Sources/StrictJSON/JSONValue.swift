/// One value of a JSON text.
///
/// The text is kept as one flat list: a tokenizer file has up to a million small values, of which a
/// tree of dictionaries would take seconds to build, and dictionaries with `String` keys would take
/// keys for the same that differ only in how their characters are composed.
public struct JSONValue: Sendable {
  /// What a value is.
  public enum Kind: UInt8, Sendable {
    case null, bool, number, string, array, object
  }

  private let text: JSONText
  private let index: Int

  /// Reads a JSON text (RFC 8259), of which nothing is guessed or repaired: no name may occur twice
  /// in an object, and values may be nested 64 levels deep.
  ///
  /// Offsets of errors and values are indices of `bytes`.
  public init(parsing bytes: ArraySlice<UInt8>) throws(JSONError) {
    self.init(text: try JSONParser.parse(bytes), index: 0)
  }

  fileprivate init(text: JSONText, index: Int) {
    self.text = text
    self.index = index
  }

  private var node: JSONText.Node { text.nodes[index] }

  public var kind: Kind { node.kind }
  public var isNull: Bool { kind == .null }

  /// Where the value begins.
  public var offset: Int { Int(node.offset) }

  /// The UTF-8 of a string, escapes resolved; nil for other values.
  public var bytes: ArraySlice<UInt8>? { kind == .string ? text.content(of: node) : nil }

  /// The text of a string; nil for other values.
  public var string: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

  public var bool: Bool? { kind == .bool ? text.content(of: node).first == UInt8(ascii: "t") : nil }

  /// A number that has no fraction; nil for other values and where `Int` cannot hold it.
  public var int: Int? {
    number.flatMap { Int($0) } ?? double.flatMap { Int(exactly: $0) }
  }

  /// A number; nil for other values and beyond the range of `Double`.
  public var double: Double? { number.flatMap { Double($0) }.flatMap { $0.isFinite ? $0 : nil } }

  /// A number as the text has it; nil for other values.
  public var number: String? {
    kind == .number ? String(decoding: text.content(of: node), as: UTF8.self) : nil
  }

  /// The elements of an array; nil for other values.
  public var elements: Elements? {
    kind == .array ? Elements(text: text, index: index + 1, end: Int(node.next)) : nil
  }

  /// The names and values of an object in the order of the text; nil for other values.
  public var members: Members? {
    kind == .object
      ? Members(nodes: Elements(text: text, index: index + 1, end: Int(node.next))) : nil
  }

  /// What an object has under `name`; nil where it has nothing there, or `null`.
  public subscript(name: String) -> JSONValue? {
    let wanted = Array(name.utf8)[...]
    return members?.first { $0.name == wanted }.flatMap { $0.value.isNull ? nil : $0.value }
  }

  /// Whether an object has `name`, even with the value `null`.
  public func has(_ name: String) -> Bool {
    let wanted = Array(name.utf8)[...]
    return members?.contains { $0.name == wanted } ?? false
  }

  /// What the value is, for messages.
  public var summary: String {
    switch kind {
    case .null: "null"
    case .bool: bool == true ? "true" : "false"
    case .number:
      number.map { $0.utf8.count > 80 ? "a number of \($0.utf8.count) digits" : $0 } ?? ""
    case .string: "the string \(quoted(string ?? ""))"
    case .array: "an array of \(elements?.count ?? 0) elements"
    case .object: "an object of \(members?.count ?? 0) members"
    }
  }
}

extension JSONValue {
  /// The elements of an array.
  public struct Elements: Sequence, IteratorProtocol, Sendable {
    fileprivate let text: JSONText
    fileprivate var index: Int
    fileprivate let end: Int

    public mutating func next() -> JSONValue? {
      guard index < end else { return nil }
      defer { index = Int(text.nodes[index].next) }
      return JSONValue(text: text, index: index)
    }

    public var count: Int { reduce(0) { count, _ in count + 1 } }
  }

  /// The names and values of an object.
  public struct Members: Sequence, IteratorProtocol, Sendable {
    fileprivate var nodes: Elements

    public mutating func next() -> (name: ArraySlice<UInt8>, value: JSONValue)? {
      guard let name = nodes.next()?.bytes, let value = nodes.next() else { return nil }
      return (name, value)
    }

    public var count: Int { nodes.count / 2 }
  }
}

/// A parsed text: its values one after another.
final class JSONText: Sendable {
  /// One value; the elements of an array follow it, and for an object names and values in turn.
  struct Node: Sendable {
    var kind: JSONValue.Kind
    var offset: UInt32
    /// Where the content of a string, number or boolean lies in `contents`.
    var start: UInt32 = 0
    var end: UInt32 = 0
    /// The index of the node after this one and all that it contains.
    var next: UInt32 = 0
  }

  let contents: [UInt8]
  let nodes: [Node]

  init(contents: [UInt8], nodes: [Node]) {
    self.contents = contents
    self.nodes = nodes
  }

  func content(of node: Node) -> ArraySlice<UInt8> { contents[Int(node.start)..<Int(node.end)] }
}
