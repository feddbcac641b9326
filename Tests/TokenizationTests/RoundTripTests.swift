import Foundation
import TestSupport
import Testing
import Tokenization

@Suite("Decoding undoes encoding")
struct RoundTripTests {
  @Test("byte for byte, for any text", arguments: ["gpt-2", "smollm", "llama-bpe"])
  func random(family: String) throws {
    let tokenizer = try Fixture.tokenizer(family)
    var generator = SeededGenerator(state: 1)
    for _ in 0..<2000 {
      let text = generator.text()
      for parseSpecial in [true, false] {
        let ids = try tokenizer.encode(text, parseSpecial: parseSpecial)
        #expect(try tokenizer.decodeBytes(ids) == Array(text.utf8), "\(text.debugDescription)")
      }
    }
  }

  @Test("for qwen2 up to canonical equivalence, and a second time exactly")
  func normalized() throws {
    let tokenizer = try Fixture.tokenizer("qwen2")
    var generator = SeededGenerator(state: 2)
    for _ in 0..<2000 {
      let text = generator.text()
      let once = try tokenizer.decode(tokenizer.encode(text))
      // Swift compares strings by canonical equivalence.
      #expect(once == text, "\(text.debugDescription)")
      let twice = try tokenizer.decodeBytes(tokenizer.encode(once))
      #expect(twice == Array(once.utf8), "\(text.debugDescription)")
    }
  }

  /// Expected forms from Unicode's NormalizationTest and section 3.12 of the standard.
  @Test(
    "qwen2 composes to form C",
    arguments: [
      ("e\u{301}", "\u{E9}"), ("\u{212B}", "\u{C5}"), ("q\u{307}\u{323}", "q\u{323}\u{307}"),
      ("a\u{302}\u{301}", "\u{1EA5}"), ("\u{1100}\u{1161}\u{11A8}", "\u{AC01}"),
      ("\u{AC00}\u{11A8}", "\u{AC01}"), ("\u{958}", "\u{915}\u{93C}"),
      ("\u{344}", "\u{308}\u{301}"),
      ("\u{330}\u{F73}", "\u{F71}\u{F72}\u{330}"), ("\u{10041}\u{301}", "\u{10041}\u{301}"),
      ("\u{1F71}", "\u{3AC}"), ("\u{3B1}\u{313}\u{300}\u{345}", "\u{1F82}"),
      ("\u{9C7}\u{9BE}", "\u{9CB}"), ("\u{AC16}\u{1113}", "\u{AC16}\u{1113}"),
      ("\u{11935}\u{11930}", "\u{11938}"), ("a\u{334}\u{301}", "\u{E1}\u{334}"),
    ])
  func composed(text: String, expected: String) throws {
    let tokenizer = try Fixture.tokenizer("qwen2")
    #expect(try tokenizer.decodeBytes(tokenizer.encode(text)) == Array(expected.utf8))
  }
}

@Suite("Long texts")
struct LongTextTests {
  @Test(
    "a million characters without a word boundary take about linear time",
    arguments: Fixture.families, ["a", " ", "\n", "1", "!", "水", "\u{301}", "ab ", " \n"])
  func million(family: String, unit: String) throws {
    let tokenizer = try Fixture.tokenizer(family)
    let text = String(repeating: unit, count: 1_000_000 / unit.utf8.count)
    let (bytes, seconds) = try processorSeconds {
      try tokenizer.decodeBytes(tokenizer.encode(text))
    }
    #expect(bytes == Array(text.utf8))
    // A quadratic step anywhere takes minutes.
    #expect(seconds < 10)
  }

  @Test("a long word merges like a short one")
  func longWord() throws {
    let tokenizer = try BytePairTokenizer(
      byteModel(others: ["ab", "abab", "ba"], merges: ["b a", "a b", "ab ab"]))
    // In `byteModel` the token of a byte is the byte; `ba` ranks before `ab`.
    #expect(try tokenizer.encode("abab") == [97, 258, 98])
    let long = try tokenizer.encode(String(repeating: "ab", count: 5000))
    #expect(long == [97] + [Int32](repeating: 258, count: 4999) + [98])
    let even = try BytePairTokenizer(byteModel(others: ["ab", "abab"], merges: ["a b", "ab ab"]))
    let pairs = try even.encode(String(repeating: "ab", count: 5001))
    #expect(pairs == [Int32](repeating: 257, count: 2500) + [256])
  }
}
