/// The pieces of a model by id, as its file spells them.
struct PieceVocabulary: Sendable {
  /// Ids of a file may go up to here; the largest published vocabularies have about 260,000.
  static let largestID: Int = 1 << 22

  /// The pieces; an id that the file leaves out has an empty one.
  private(set) var pieces = PackedByteStrings()
  /// How many ids have a piece.
  let assignedCount: Int
  private var index: TokenIndex

  /// Takes pieces with their ids, which may come in any order and leave some out.
  init(
    _ entries: [(id: Int, piece: ArraySlice<UInt8>)], source: String
  ) throws(TokenizerError) {
    guard !entries.isEmpty else { throw Self.invalid("it has no tokens", source) }
    var order: [Int32] = []
    for (position, entry) in entries.enumerated() {
      guard (0...Self.largestID).contains(entry.id) else {
        throw Self.invalid("token '\(Self.text(entry.piece))' has the id \(entry.id)", source)
      }
      while order.count <= entry.id { order.append(-1) }
      guard order[entry.id] < 0 else {
        let other = Self.text(entries[Int(order[entry.id])].piece)
        throw Self.invalid(
          "tokens '\(other)' and '\(Self.text(entry.piece))' both have the id \(entry.id)", source)
      }
      order[entry.id] = Int32(position)
    }
    assignedCount = entries.count
    pieces = PackedByteStrings(reservingCapacity: order.count)
    for position in order { pieces.append(position < 0 ? [] : entries[Int(position)].piece) }
    index = TokenIndex(capacity: order.count)
    for (id, position) in order.enumerated() where position >= 0 {
      if let other = index.insert(id, of: pieces) {
        throw Self.invalid(
          "tokens \(other) and \(id) are both '\(Self.text(pieces[id]))'", source)
      }
    }
  }

  /// How many ids there are, those left out included.
  var count: Int { pieces.count }

  /// The id of a piece.
  @inline(__always)
  func find(_ piece: UnsafeBufferPointer<UInt8>) -> Int32? {
    index.find(piece, in: pieces).map { Int32($0) }
  }

  /// The id of a piece.
  func find(_ piece: some Collection<UInt8>) -> Int32? {
    Array(piece).withUnsafeBufferPointer { find($0) }
  }

  /// The tokens of the 256 bytes in SentencePiece's spelling, `<0x00>` to `<0xFF>`; -1 where the
  /// vocabulary has none.
  var byteFallbackIDs: [Int32] {
    (0...UInt8.max).map { find(("<" + hex($0) + ">").utf8) ?? -1 }
  }

  private static func text(_ piece: ArraySlice<UInt8>) -> String { printable(Array(piece)) }

  private static func invalid(_ problem: String, _ source: String) -> TokenizerError {
    .invalidVocabulary(problem: problem, source: source)
  }
}
