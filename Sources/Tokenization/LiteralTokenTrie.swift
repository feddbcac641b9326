/// Finds tokens that are matched in text as they are written, before any splitting.
///
/// The leftmost match wins, and among those that begin there the longest, which is how Hugging
/// Face's library treats added tokens.
struct LiteralTokenTrie: Sendable {
  /// One byte of one or more tokens; 0 is the root, and as a link it means "none".
  private struct Node {
    var byte: UInt8
    var firstChild: Int32 = 0
    var nextSibling: Int32 = 0
    /// The token that ends here, -1 if none does.
    var id: Int32 = -1
  }

  /// A token found in a text.
  struct Match {
    var range: Range<Int>
    var id: Int32
  }

  private var nodes = [Node(byte: 0)]
  private var beginsToken = [Bool](repeating: false, count: 256)

  /// Whether no token was entered.
  var isEmpty: Bool { nodes.count == 1 }

  /// Enters a token's bytes; an empty token is ignored, since it would match everywhere.
  mutating func insert(_ token: ArraySlice<UInt8>, id: Int32) {
    guard let first = token.first else { return }
    beginsToken[Int(first)] = true
    var node = 0
    for byte in token { node = child(of: node, byte: byte) ?? addChild(to: node, byte: byte) }
    nodes[node].id = id
  }

  /// The first token in `text` that begins at byte `start` or later.
  func firstMatch(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Match? {
    guard !isEmpty else { return nil }
    for position in start..<text.count where beginsToken[Int(text[position])] {
      if let match = longestMatch(in: text, at: position) { return match }
    }
    return nil
  }

  /// Calls `body` with every token that begins at byte `start` of `text`, shortest first.
  func forEachMatch(
    in text: UnsafeBufferPointer<UInt8>, at start: Int, _ body: (Match) -> Void
  ) {
    var node = 0
    for position in start..<text.count {
      guard let next = child(of: node, byte: text[position]) else { return }
      node = next
      if nodes[node].id >= 0 { body(Match(range: start..<position + 1, id: nodes[node].id)) }
    }
  }

  private func longestMatch(in text: UnsafeBufferPointer<UInt8>, at start: Int) -> Match? {
    var longest: Match?
    var node = 0
    for position in start..<text.count {
      guard let next = child(of: node, byte: text[position]) else { break }
      node = next
      if nodes[node].id >= 0 { longest = Match(range: start..<position + 1, id: nodes[node].id) }
    }
    return longest
  }

  private func child(of node: Int, byte: UInt8) -> Int? {
    var child = Int(nodes[node].firstChild)
    while child != 0 {
      if nodes[child].byte == byte { return child }
      child = Int(nodes[child].nextSibling)
    }
    return nil
  }

  private mutating func addChild(to node: Int, byte: UInt8) -> Int {
    nodes.append(Node(byte: byte, nextSibling: nodes[node].firstChild))
    nodes[node].firstChild = Int32(nodes.count - 1)
    return nodes.count - 1
  }
}
