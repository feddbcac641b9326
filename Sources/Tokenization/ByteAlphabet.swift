/// GPT-2's byte-to-unicode alphabet, in which byte-level vocabularies spell their tokens.
///
/// Printable Latin-1 bytes stand for themselves; the other 68 bytes, in ascending order, are
/// written as U+0100, U+0101 and so on. Source: `bytes_to_unicode` of the GPT-2 release.
enum ByteAlphabet {
  /// The byte that each code point U+0000...U+0143 stands for; -1 where it stands for none.
  private static let byteOfScalar: [Int16] = {
    var table = [Int16](repeating: -1, count: 0x144)
    var nextSubstitute = 0x100
    for byte in 0..<256 {
      let isPrintable = (0x21...0x7E).contains(byte) || (0xA1...0xFF).contains(byte) && byte != 0xAD
      table[isPrintable ? byte : nextSubstitute] = Int16(byte)
      if !isPrintable { nextSubstitute += 1 }
    }
    return table
  }()

  /// Appends the bytes that `spelled` stands for.
  ///
  /// Returns false, having appended nothing, if a character is not of the alphabet.
  static func appendBytes(spelledBy spelled: ArraySlice<UInt8>, to bytes: inout [UInt8]) -> Bool {
    let start = bytes.count
    var index = spelled.startIndex
    while index < spelled.endIndex {
      var scalar = Int(spelled[index])
      index += 1
      // All letters of the alphabet are below U+0800: at most two bytes of UTF-8.
      if scalar >= 0xC2, scalar <= 0xDF, index < spelled.endIndex, spelled[index] & 0xC0 == 0x80 {
        scalar = (scalar & 0x1F) << 6 | Int(spelled[index] & 0x3F)
        index += 1
      } else if scalar >= 0x80 {
        scalar = byteOfScalar.count
      }
      guard scalar < byteOfScalar.count, byteOfScalar[scalar] >= 0 else {
        bytes.removeSubrange(start...)
        return false
      }
      bytes.append(UInt8(byteOfScalar[scalar]))
    }
    return true
  }
}
