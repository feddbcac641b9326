/// The insides of the bracketed classes that the pre-tokenizers' patterns are made of.
///
/// Hugging Face's `tokenizers` 0.23 knows Unicode 16 (Oniguruma) and, for its digit splitting,
/// Unicode 17 (Rust), whereas PCRE2 10.40 to 10.42 know Unicode 14. What was assigned since is
/// written out, so that ids depend neither on the installed PCRE2 nor differ from theirs. A PCRE2
/// that is newer than Unicode 16 counts the letters and numbers of that version as such.
enum CharacterClass {
  /// Unicode's `White_Space`; PCRE2's own `\s` also takes U+180E.
  static let whitespace =
    #"\x{9}-\x{D}\x{20}\x{85}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}"#

  /// General category L of Unicode 16.
  static let letter = #"\p{L}"# + spelled(lettersSinceUnicode14)

  /// Letters that a PCRE2 of Unicode 14 does not know; where case counts, they count as without one.
  static let unassignedLetter = spelled(lettersSinceUnicode14)

  /// General category N of Unicode 16.
  static let number = #"\p{N}"# + spelled(numbersSinceUnicode14)

  /// General category N of Unicode 17.
  static let isolatedDigit = number + spelled(numbersOfUnicode17)

  private static let lettersSinceUnicode14: [ClosedRange<UInt32>] = [
    0x1C89...0x1C8A, 0xA7CB...0xA7CD, 0xA7DA...0xA7DC, 0x105C0...0x105F3, 0x10D4A...0x10D65,
    0x10D6F...0x10D85, 0x10EC2...0x10EC4, 0x1123F...0x11240, 0x11380...0x11389, 0x1138B...0x1138B,
    0x1138E...0x1138E, 0x11390...0x113B5, 0x113B7...0x113B7, 0x113D1...0x113D1, 0x113D3...0x113D3,
    0x11BC0...0x11BE0, 0x11F02...0x11F02, 0x11F04...0x11F10, 0x11F12...0x11F33, 0x1342F...0x1342F,
    0x13441...0x13446, 0x13460...0x143FA, 0x16100...0x1611D, 0x16D40...0x16D6C, 0x18CFF...0x18CFF,
    0x1B132...0x1B132, 0x1B155...0x1B155, 0x1DF25...0x1DF2A, 0x1E030...0x1E06D, 0x1E4D0...0x1E4EB,
    0x1E5D0...0x1E5ED, 0x1E5F0...0x1E5F0, 0x2B739...0x2B739, 0x2EBF0...0x2EE5D, 0x31350...0x323AF,
  ]

  private static let numbersSinceUnicode14: [ClosedRange<UInt32>] = [
    0x10D40...0x10D49, 0x116D0...0x116E3, 0x11BF0...0x11BF9, 0x11F50...0x11F59, 0x16130...0x16139,
    0x16D70...0x16D79, 0x1CCF0...0x1CCF9, 0x1D2C0...0x1D2D3, 0x1E4F0...0x1E4F9, 0x1E5F1...0x1E5FA,
  ]

  private static let numbersOfUnicode17: [ClosedRange<UInt32>] = [
    0x11DE0...0x11DE9, 0x16FF4...0x16FF6,
  ]

  private static func spelled(_ ranges: [ClosedRange<UInt32>]) -> String {
    ranges.map { range in
      let first = String(range.lowerBound, radix: 16)
      let last = String(range.upperBound, radix: 16)
      return "\\x{\(first)}-\\x{\(last)}"
    }.joined()
  }
}
