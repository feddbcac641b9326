import StrictJSON
import Testing

private func parse(_ text: String) throws(JSONError) -> JSONValue {
  try JSONValue(parsing: Array(text.utf8)[...])
}

@Suite("JSON, by the letter")
struct StrictJSONTests {
  @Test("values of every kind are told apart, in the order of the text")
  func kinds() throws {
    let root = try parse(
      #" {"a": null, "b": [true, false], "c": -1.5e2, "d": "x", "e": {}, "f": 12} "#)
    let members = try #require(root.members)
    #expect(
      members.map { String(decoding: $0.name, as: UTF8.self) } == ["a", "b", "c", "d", "e", "f"])
    #expect(
      members.map(\.value.kind) == [.null, .array, .number, .string, .object, .number])
    #expect(root["b"]?.elements?.map(\.bool) == [true, false])
    #expect(root["c"]?.double == -150)
    #expect(root["d"]?.string == "x")
    #expect(root["e"]?.members?.count == 0)
    #expect(root["f"]?.int == 12)
    #expect(members.count == 6)
  }

  @Test("null is something that an object has, and nothing under its name")
  func nulls() throws {
    let root = try parse(#"{"a": null}"#)
    #expect(root["a"] == nil && root["b"] == nil)
    #expect(root.has("a") && !root.has("b"))
  }

  @Test(
    "a number is an Int where it has no fraction",
    arguments: [
      ("0", 0, 0.0), ("-0", 0, -0.0), ("1.0", 1, 1), ("1e3", 1000, 1000), ("2.5", nil, 2.5),
      ("9223372036854775807", Int.max, 9.223372036854775807e18), ("1e300", nil, 1e300),
    ] as [(String, Int?, Double)])
  func numbers(text: String, int: Int?, double: Double) throws {
    let value = try parse(text)
    #expect(value.int == int && value.double == double && value.number == text)
  }

  @Test("a number beyond Double is none")
  func hugeNumber() throws {
    #expect(try parse("1e400").double == nil)
  }

  @Test(
    "escapes are resolved, and characters beyond 65,536 are pairs",
    arguments: [
      (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"), (#""\u00e9\uD83D\uDE00""#, "é😀"),
      ("\"é😀\"", "é😀"), (#""\u0000""#, "\0"),
    ])
  func escapes(text: String, expected: String) throws {
    #expect(try parse(text).string == expected)
  }

  @Test("names that differ in how characters are composed are two names")
  func composition() throws {
    let root = try parse("{\"\u{e9}\": 1, \"e\u{301}\": 2}")
    #expect(root.members?.count == 2)
    #expect(root["e\u{301}"]?.int == 2)
  }

  @Test("offsets are indices of the given bytes")
  func offsets() throws {
    let bytes = Array("xx [1, {\"a\": 2}]".utf8)
    let root = try JSONValue(parsing: bytes[2...])
    #expect(root.offset == 3)
    #expect(root.elements?.map(\.offset) == [4, 7])
  }

  @Test(
    "what is no JSON is refused at its place",
    arguments: [
      ("", "the end of the text stands where a value is expected", 1, 1),
      ("{", "the end of the text stands where '\"' is expected", 1, 2),
      (#"{"a"}"#, "'}' stands where ':' is expected", 1, 5),
      ("[1,]", "']' stands where a value is expected", 1, 4),
      ("[1 2]", "'2' stands where ']' is expected", 1, 4),
      ("{} {}", "'{' follows the end of the JSON text", 1, 4),
      ("[\n01]", "\"01\" is not a JSON value", 2, 1), ("[+1]", "\"+1\" is not a JSON value", 1, 2),
      ("[1.]", "\"1.\" is not a JSON value", 1, 2), ("[.5]", "\".5\" is not a JSON value", 1, 2),
      ("[NaN]", "\"NaN\" is not a JSON value", 1, 2), ("nul", "\"nul\" is not a JSON value", 1, 1),
      ("['a']", "''' stands where a value is expected", 1, 2),
      ("\"a", "the text ends within quotes", 1, 3),
      ("\"\n\"", "a control character stands in quotes without an escape", 1, 2),
      (#""\x""#, "the escape after this backslash does not exist in JSON", 1, 2),
      (#""\u12""#, "\\u and four hexadecimal digits are expected", 1, 2),
      (#""\u+123""#, "\\u and four hexadecimal digits are expected", 1, 2),
      (#""\ud800""#, "\\u and four hexadecimal digits are expected", 1, 8),
      (#""\udc00""#, "an escape \\u before this place is half of a surrogate pair", 1, 8),
      (#"{"a": 1, "\u0061": 2}"#, "the name \"a\" occurs twice", 1, 10),
    ])
  func refusals(text: String, problem: String, line: Int, column: Int) {
    #expect(throws: JSONError.self) { try parse(text) }
    do throws(JSONError) { _ = try parse(text) } catch {
      #expect(error.problem == problem)
      #expect((error.line, error.column) == (line, column), "\(text)")
    }
  }

  @Test("bytes that are not UTF-8 are refused")
  func encodings() {
    #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0xff, 0x22]) }
    // A surrogate, and an overlong slash.
    #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0xed, 0xa0, 0x80, 0x22]) }
    #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0xc0, 0xaf, 0x22]) }
  }

  @Test("values may be nested 64 levels deep and no deeper")
  func nesting() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(try parse(nested(64)).kind == .array)
    #expect(throws: JSONError.self) { try parse(nested(65)) }
    #expect(throws: JSONError.self) { try parse(String(repeating: "[", count: 1_000_000)) }
  }

  @Test("summaries say what a value is")
  func summaries() throws {
    #expect(
      try parse(#"[null, true, 2.50, "a", [1], {"a": 1}]"#).elements?.map(\.summary) == [
        "null", "true", "2.50", "the string \"a\"", "an array of 1 elements",
        "an object of 1 members",
      ])
  }
}
