/// What two neighbouring tokens merge into.
struct Merge {
  /// The merge's place in the list; lower ones are applied first.
  var rank: UInt32
  /// The token that replaces the pair.
  var id: Int32
}

/// Finds the merge of a pair of tokens: an open-addressing hash table.
struct MergeTable: Sendable {
  private struct Slot {
    /// Left id above, right id below; all ones is an empty slot, since ids are not negative.
    var pair: UInt64
    var rank: UInt32
    var id: Int32
  }

  private var slots: [Slot]
  private let mask: Int

  /// An empty table for at most `capacity` merges.
  init(capacity: Int) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    slots = [Slot](repeating: Slot(pair: .max, rank: 0, id: 0), count: size)
    mask = size - 1
  }

  /// Enters a merge; a pair that comes twice keeps the later rank, as in Hugging Face's library.
  mutating func insert(left: Int32, right: Int32, merge: Merge) {
    let pair = Self.pack(left, right)
    slots[findSlot(pair)] = Slot(pair: pair, rank: merge.rank, id: merge.id)
  }

  /// The merge of `left` followed by `right`, nil if they stay apart.
  @inline(__always)
  func find(_ left: Int32, _ right: Int32) -> Merge? {
    let slot = slots[findSlot(Self.pack(left, right))]
    return slot.pair == .max ? nil : Merge(rank: slot.rank, id: slot.id)
  }

  @inline(__always)
  private func findSlot(_ pair: UInt64) -> Int {
    let hash = pair &* 0x9E37_79B9_7F4A_7C15
    var slot = Int(truncatingIfNeeded: hash ^ hash >> 32) & mask
    while slots[slot].pair != pair, slots[slot].pair != .max { slot = (slot + 1) & mask }
    return slot
  }

  @inline(__always)
  private static func pack(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }
}
