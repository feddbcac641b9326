/// A list of byte strings in one block of memory.
///
/// Vocabularies have up to several hundred thousand entries of a few bytes; one allocation for all
/// of them is what makes opening a model quick.
public struct PackedByteStrings: Sendable {
  /// All bytes, one string after another.
  private(set) var storage: [UInt8]
  /// Where each string begins in `storage`, and last where the final one ends.
  private(set) var offsets: [Int]

  /// An empty list with room for `count` strings of about eight bytes.
  public init(reservingCapacity count: Int = 0) {
    storage = []
    offsets = [0]
    storage.reserveCapacity(count * 8)
    offsets.reserveCapacity(count + 1)
  }

  /// Packs texts as UTF-8.
  public init(_ strings: [String]) {
    self.init(reservingCapacity: strings.count)
    for string in strings {
      storage.append(contentsOf: string.utf8)
      offsets.append(storage.count)
    }
  }

  /// Packs byte strings.
  public init(_ strings: [[UInt8]]) {
    self.init(reservingCapacity: strings.count)
    for string in strings { append(string) }
  }

  /// How many strings there are.
  public var count: Int { offsets.count - 1 }

  /// Appends one string, copying its bytes.
  public mutating func append(_ bytes: some Collection<UInt8>) {
    storage.append(contentsOf: bytes)
    offsets.append(storage.count)
  }

  /// Appends one string given as raw memory, such as a range of a mapped file.
  public mutating func append(_ bytes: UnsafeRawBufferPointer) {
    storage.append(contentsOf: bytes)
    offsets.append(storage.count)
  }

  /// String number `index`; the index must be in `0..<count`.
  public subscript(index: Int) -> ArraySlice<UInt8> { storage[range(of: index)] }

  /// Where string number `index` lies in `storage`.
  func range(of index: Int) -> Range<Int> { offsets[index]..<offsets[index + 1] }

  /// String number `index` as text for messages.
  func text(of index: Int) -> String { String(decoding: self[index], as: UTF8.self) }
}
