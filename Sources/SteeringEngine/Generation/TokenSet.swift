/// Tokens of a vocabulary, as a list and as bits.
struct TokenSet: Sendable {
  /// In the order in which they came.
  private(set) var tokens: [Int32] = []
  /// 16 tokens a word, the lowest bit first.
  private(set) var bits: [UInt16]

  init(_ tokens: [Int32], dVocab: Int) {
    bits = [UInt16](repeating: 0, count: (dVocab + 15) / 16)
    for token in tokens { insert(token) }
  }

  func contains(_ token: Int32) -> Bool {
    bits[Int(token) / 16] >> UInt16(token % 16) & 1 == 1
  }

  mutating func insert(_ token: Int32) {
    guard !contains(token) else { return }
    tokens.append(token)
    bits[Int(token) / 16] |= 1 << UInt16(token % 16)
  }
}
