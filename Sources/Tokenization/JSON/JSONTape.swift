/// A parsed JSON file as one flat list of nodes.
///
/// A tokenizer file has up to a million small values; a tree of dictionaries would take seconds to
/// build, and dictionaries with `String` keys would take tokens for the same that differ only in
/// how their characters are composed.
final class JSONTape: Sendable {
  /// What a node is.
  enum Kind: UInt8, Sendable {
    case null, bool, number, string, array, object
  }

  /// One value; the elements of an array follow it, and for an object keys and values in turn.
  struct Node: Sendable {
    var kind: Kind
    /// Where the text of a string, number or boolean lies in `text`.
    var start: Int
    var end: Int
    /// The index of the node after this one and all that it contains.
    var next: Int
  }

  let text: [UInt8]
  let nodes: [Node]

  init(text: [UInt8], nodes: [Node]) {
    self.text = text
    self.nodes = nodes
  }
}

/// One value of a JSON file.
struct JSONValue: Sendable {
  fileprivate let tape: JSONTape
  fileprivate let index: Int

  /// The outermost value of a file.
  init(rootOf tape: JSONTape) {
    self.tape = tape
    index = 0
  }

  fileprivate init(_ tape: JSONTape, at index: Int) {
    self.tape = tape
    self.index = index
  }

  private var node: JSONTape.Node { tape.nodes[index] }

  var kind: JSONTape.Kind { node.kind }

  var isNull: Bool { kind == .null }

  /// The bytes of a string, nil for other values.
  var bytes: ArraySlice<UInt8>? { kind == .string ? tape.text[node.start..<node.end] : nil }

  /// The text of a string, nil for other values.
  var string: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

  var bool: Bool? { kind == .bool ? tape.text[node.start] == UInt8(ascii: "t") : nil }

  /// A number without fraction or exponent, nil for other values and where `Int` cannot hold it.
  var int: Int? { number.flatMap { Int($0) } }

  /// A number, nil for other values and beyond the range of `Double`.
  var double: Double? { number.flatMap { Double($0) }.flatMap { $0.isFinite ? $0 : nil } }

  private var number: String? {
    kind == .number ? String(decoding: tape.text[node.start..<node.end], as: UTF8.self) : nil
  }

  /// The elements of an array, nil for other values.
  var elements: JSONElements? {
    kind == .array ? JSONElements(tape: tape, position: index + 1, end: node.next) : nil
  }

  /// The keys and values of an object in the order of the file, nil for other values.
  var members: JSONMembers? {
    kind == .object
      ? JSONMembers(nodes: JSONElements(tape: tape, position: index + 1, end: node.next)) : nil
  }

  /// The value that an object has for `key`; nil where it has none or has `null`.
  subscript(key: String) -> JSONValue? {
    let wanted = Array(key.utf8)
    guard let members else { return nil }
    for member in members where member.key == wanted[...] {
      return member.value.isNull ? nil : member.value
    }
    return nil
  }
}

/// The elements of an array.
struct JSONElements: Sequence, IteratorProtocol {
  fileprivate let tape: JSONTape
  fileprivate var position: Int
  fileprivate let end: Int

  mutating func next() -> JSONValue? {
    guard position < end else { return nil }
    let value = JSONValue(tape, at: position)
    position = tape.nodes[position].next
    return value
  }
}

/// The keys and values of an object.
struct JSONMembers: Sequence, IteratorProtocol {
  fileprivate var nodes: JSONElements

  mutating func next() -> (key: ArraySlice<UInt8>, value: JSONValue)? {
    guard let key = nodes.next()?.bytes, let value = nodes.next() else { return nil }
    return (key, value)
  }
}
