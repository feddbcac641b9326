/// Finds the id of a byte string: an open-addressing hash table over a packed list.
struct TokenIndex: Sendable {
  /// Hash bits above, id + 1 below; 0 is an empty slot.
  private var slots: [UInt64]
  private let mask: Int

  /// An empty table for at most `capacity` entries.
  init(capacity: Int) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    slots = [UInt64](repeating: 0, count: size)
    mask = size - 1
  }

  /// Enters string number `id` of `list`.
  ///
  /// Returns the id that already has these bytes, in which case nothing is entered.
  mutating func insert(_ id: Int, of list: PackedByteStrings) -> Int? {
    let key = list[id]
    return key.withUnsafeBufferPointer { key in
      let hash = Self.hash(key)
      let slot = findSlot(key, hash: hash, in: list)
      if slots[slot] != 0 { return Self.id(slots[slot]) }
      slots[slot] = Self.tag(hash) | UInt64(id + 1)
      return nil
    }
  }

  /// The id whose string in `list` equals `key`.
  func find(_ key: UnsafeBufferPointer<UInt8>, in list: PackedByteStrings) -> Int? {
    let slot = slots[findSlot(key, hash: Self.hash(key), in: list)]
    return slot == 0 ? nil : Self.id(slot)
  }

  /// The slot that holds `key`, else the empty one where it belongs.
  private func findSlot(
    _ key: UnsafeBufferPointer<UInt8>, hash: UInt64, in list: PackedByteStrings
  ) -> Int {
    let tag = Self.tag(hash)
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      if slots[slot] & ~0xFFFF_FFFF == tag, equal(key, list, Self.id(slots[slot])) { return slot }
      slot = (slot + 1) & mask
    }
    return slot
  }

  private func equal(
    _ key: UnsafeBufferPointer<UInt8>, _ list: PackedByteStrings, _ id: Int
  ) -> Bool {
    let range = list.range(of: id)
    guard range.count == key.count else { return false }
    return list.storage.withUnsafeBufferPointer { storage in
      for offset in 0..<key.count where storage[range.lowerBound + offset] != key[offset] {
        return false
      }
      return true
    }
  }

  private static func tag(_ hash: UInt64) -> UInt64 { hash & ~0xFFFF_FFFF }

  private static func id(_ slot: UInt64) -> Int { Int(slot & 0xFFFF_FFFF) - 1 }

  /// FNV-1a, its bits mixed once more because the table uses the low ones.
  private static func hash(_ key: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in key { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return (hash ^ hash >> 29) &* 0x9E37_79B9_7F4A_7C15 ^ hash >> 32
  }
}
