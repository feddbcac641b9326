import Foundation
import Testing
import Tokenization

/// One family's trained vocabulary and what Hugging Face's library makes of some texts.
struct Fixture: Decodable {
  struct Case: Decodable {
    var text: String
    /// With control tokens parsed.
    var ids: [Int32]
    /// With control tokens spelled out.
    var plain: [Int32]
  }

  static let families = [
    "gpt-2", "smollm", "llama-bpe", "qwen2", "tekken", "gpt-4o", "default",
  ]

  var tokens: [String]
  var types: [Int32]
  var merges: [String]
  var cases: [Case]

  /// Reads `Fixtures/<family>.json`, written by `make_tokenizer_fixtures.py`.
  static func load(_ family: String) throws -> Fixture {
    let url = try #require(
      Bundle.module.url(forResource: family, withExtension: "json", subdirectory: "Fixtures"))
    return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
  }

  func model(_ family: String) -> BytePairModel {
    BytePairModel(
      tokens: PackedByteStrings(tokens), merges: PackedByteStrings(merges), tokenTypes: types,
      preTokenizer: family, source: "\(family).json")
  }

  static func tokenizer(_ family: String) throws -> BytePairTokenizer {
    try BytePairTokenizer(load(family).model(family))
  }
}

/// A model whose tokens are the 256 bytes, less `missing`, and then `others`.
func byteModel(
  others: [String] = [], types: [Int32] = [], merges: [String] = [], missing: Set<UInt8> = [],
  family: String = "gpt-2"
) -> BytePairModel {
  let kept = (0...UInt8.max).filter { !missing.contains($0) }.map(byteLevelLetter)
  return BytePairModel(
    tokens: PackedByteStrings(kept + others), merges: PackedByteStrings(merges),
    tokenTypes: types.isEmpty ? [] : kept.map { _ in 1 } + types, preTokenizer: family,
    source: "tiny.gguf")
}

/// GPT-2's letter for a byte, by the published rule and not by the code under test.
private func byteLevelLetter(_ byte: UInt8) -> String {
  let printable = Array(33...126) + Array(161...172) + Array(174...255)
  if printable.contains(Int(byte)) { return String(UnicodeScalar(byte)) }
  let rank = (0..<Int(byte)).filter { !printable.contains($0) }.count
  return UnicodeScalar(UInt32(256 + rank)).map { String($0) } ?? ""
}

/// A small seeded generator (SplitMix64), so that a failing text can be had again.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  /// Up to 40 characters: ASCII, whitespace, marks, jamo and anything else.
  mutating func text() -> String {
    let pools: [ClosedRange<UInt32>] = [
      0x20...0x7E, 0x0...0x20, 0x2000...0x200F, 0x300...0x36F, 0x1100...0x11FF, 0xAC00...0xAC40,
      0x30...0x39, 0x660...0x669, 0x1F1E6...0x1F64F, 0x0...0x10FFFF,
    ]
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...8, using: &self) {
      let pool = pools[Int.random(in: 0..<pools.count, using: &self)]
      for _ in 0..<Int.random(in: 1...5, using: &self) {
        UnicodeScalar(UInt32.random(in: pool, using: &self)).map { text.append($0) }
      }
    }
    return String(text)
  }
}
