import Prompts
import TestSupport
import Testing

@Suite("Label maps")
struct LabelMapTests {
  @Test("the first pattern that matches the whole value gives the label")
  func order() throws {
    let map = try LabelMap(parsing: " contrast_* = unsafe , *=safe")
    #expect(map.label(for: "contrast_homonyms") == "unsafe")
    #expect(map.label(for: "contrast_") == "unsafe")
    #expect(map.label(for: "my contrast_x") == "safe")
    #expect(map.label(for: "") == "safe")
  }

  @Test("without a star the value must be equal, case included")
  func exactValues() throws {
    let map = try LabelMap(parsing: "1=unsafe,0=safe,é=accent")
    #expect(map.label(for: "1") == "unsafe")
    #expect(map.label(for: "10") == nil)
    #expect(map.label(for: "É") == nil)
    #expect(map.label(for: "é") == "accent")
  }

  @Test("stars match as a plain recursive definition does", arguments: 0..<50)
  func stars(seed: UInt64) throws {
    var random = SeededGenerator(state: seed)
    for _ in 0..<100 {
      let pattern = word(["a", "b", "*"], 1...6, &random)
      let map = try LabelMap(parsing: "\(pattern)=yes")
      let value = word(["a", "b"], 0...8, &random)
      let expected = matches(pattern[...], value[...])
      #expect((map.label(for: value) == "yes") == expected, "'\(pattern)' and '\(value)'")
    }
  }

  @Test("a pattern of many stars on a long value is quick")
  func manyStars() throws {
    let map = try LabelMap(parsing: String(repeating: "a*", count: 200) + "b=x")
    let value = String(repeating: "a", count: 20_000)
    let (label, seconds) = processorSeconds { map.label(for: value) }
    #expect(label == nil)
    #expect(seconds < 10)
  }

  @Test(
    "entries that are not PATTERN=LABEL are quoted in the error",
    arguments: [
      ("a", "a"), ("a=", "a="), ("=b", "=b"), ("a=b=c", "a=b=c"), ("a=b,", ""), (",a=b", ""),
      ("a=b,,c=d", ""), ("a=b, c ", "c"), ("=", "="), ("a:b", "a:b"),
    ])
  func syntax(text: String, entry: String) throws {
    let error = try #require(throws: PromptError.self) { try LabelMap(parsing: text) }
    #expect(error.problem == .labelMapSyntax(entry: entry))
    #expect(error.description.contains("label map '\(text)'"))
  }

  @Test("an empty map is an error")
  func empty() throws {
    for text in ["", "  "] {
      let error = try #require(throws: PromptError.self) { try LabelMap(parsing: text) }
      #expect(error.problem == .emptyLabelMap)
    }
  }

  @Test(
    "a pattern that an earlier one hides is an error",
    arguments: [
      ("*=safe,contrast_*=unsafe", "contrast_*", "*"), ("a=x,a=y", "a", "a"),
      ("a*=x,a*b=y", "a*b", "a*"),
    ])
  func unreachable(text: String, later: String, earlier: String) throws {
    let error = try #require(throws: PromptError.self) { try LabelMap(parsing: text) }
    #expect(error.problem == .unreachablePattern(later, after: earlier))
  }

  private func word(
    _ letters: [String], _ length: ClosedRange<Int>, _ random: inout SeededGenerator
  ) -> String {
    (0..<Int.random(in: length, using: &random))
      .map { _ in letters[Int.random(in: 0..<letters.count, using: &random)] }.joined()
  }

  private func matches(_ pattern: Substring, _ text: Substring) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    if first == "*" {
      return matches(pattern.dropFirst(), text)
        || (!text.isEmpty && matches(pattern, text.dropFirst()))
    }
    return text.first == first && matches(pattern.dropFirst(), text.dropFirst())
  }
}
