import Prompts
import TestSupport
import Testing

@Suite("JSON and JSON lines")
struct JSONFileTests {
  @Test("an array of strings is a list of prompts without labels")
  func strings() throws {
    let set = try read("\u{FEFF}[\n  \"one\",\n  \" two\\n\", \"\\ud83d\\ude00\"\n]\n", as: "json")
    #expect(set.prompts.map(\.text) == ["one", "two", "😀"])
    #expect(set.prompts.map(\.id) == ["1", "2", "3"])
    #expect(set.prompts.allSatisfy { $0.label == nil })
    #expect(set.layout.kind == .plain)
  }

  @Test("an array of objects has the keys for columns")
  func objects() throws {
    let set = try read(
      """
      [{"question": "a", "label": 1, "more": {"x": [1.5, null]}},
       {"question": "b", "label": true},
       {"question": "c", "label": null},
       {"label": " z ", "question": "d"}]
      """, as: "json")
    #expect(set.prompts.map(\.text) == ["a", "b", "c", "d"])
    #expect(set.prompts.map(\.label) == ["1", "true", nil, "z"])
    #expect(set.layout.promptColumn == "question")
  }

  @Test("JSON lines are strings or objects, CRLF and blank lines included")
  func lines() throws {
    let strings = try read("\"a\"\r\n\r\n \"b\" \n\n", as: "jsonl")
    #expect(strings.prompts.map(\.text) == ["a", "b"])
    let objects = try read(
      "{\"id\": \"x\", \"text\": \"a\"}\n{\"text\": \"b\", \"id\": 2}", as: "ndjson")
    #expect(objects.prompts.map(\.id) == ["x", "2"])
  }

  @Test("JSON lines of objects may be called .json, a single object is none")
  func linesCalledJSON() throws {
    let text = #"{"text": "a"}"# + "\n\n" + #"{"text": "b"}"# + "\n"
    #expect(try read(text, as: "json").prompts.map(\.text) == ["a", "b"])
    expectFailure(
      .unexpectedJSON(expected: "one array of strings or one array of objects"), at: .whole,
      reading: "{\n\"text\": \"a\"\n}", as: "json")
  }

  @Test("objects that share few keys do not fill a table of all keys")
  func sparseObjects() throws {
    let lines = (0..<20_000).map { "{\"prompt\": \"p\($0)\", \"key\($0)\": 1}" }
    let (set, seconds) = try processorSeconds {
      try read(lines.joined(separator: "\n"), as: "jsonl")
    }
    #expect(seconds < 20)
    #expect(set.prompts.count == 20_000)
    #expect(set.prompts.last?.text == "p19999")
  }

  @Test("a prompt that is missing, null, a number or nested is an error with its place")
  func wrongPrompts() {
    for (value, problem) in [
      ("{\"label\": \"b\"}", PromptError.Problem.missingValue(column: "prompt")),
      ("{\"prompt\": null}", .missingValue(column: "prompt")),
      ("{\"prompt\": 3}", .notText(column: "prompt")),
      ("{\"prompt\": [\"a\", \"b\"]}", .notText(column: "prompt")),
      ("{\"prompt\": \"\"}", .emptyPrompt),
      ("{\"prompt\": \" \\u00a0\\n\"}", .emptyPrompt),
    ] {
      expectFailure(
        problem, at: .element(2), reading: "[{\"prompt\": \"a\"}, \(value)]", as: "json")
      expectFailure(
        problem, at: .line(3), reading: "{\"prompt\": \"a\"}\n\n\(value)\n", as: "jsonl")
    }
  }

  @Test("a label that is an array, an object or a fraction is an error")
  func wrongLabels() {
    for value in ["[]", "{}", "0.5", "1e40"] {
      expectFailure(
        .notText(column: "label"), at: .element(1),
        reading: "[{\"prompt\": \"a\", \"label\": \(value)}]", as: "json")
    }
  }

  @Test("strings and objects do not mix, and nothing else is a prompt")
  func mixedElements() {
    let json = PromptError.Problem.unexpectedJSON(
      expected: "one array of strings or one array of objects")
    for text in ["[\"a\", {\"prompt\": \"b\"}]", "[{\"prompt\": \"b\"}, \"a\"]", "[\"a\", 2]"] {
      expectFailure(json, at: .element(2), reading: text, as: "json")
    }
    expectFailure(json, at: .whole, reading: "{\"prompts\": [\"a\"]}", as: "json")
    expectFailure(
      .unexpectedJSON(expected: "one string per line or one object per line"), at: .line(2),
      reading: "\"a\"\n[\"b\"]\n", as: "jsonl")
  }

  @Test(
    "broken JSON is an error, never a part of the prompts",
    arguments: [
      "[\"a\"", "[\"a\",,]", "[\"a\" \"b\"]", "[\"a\"] x", "['a']", "[\"\\ud800\"]", "[\"a\nb\"]",
      "[{\"prompt\": \"a\"", "[nul]", "[{\"prompt\": \"a\", \"label\": \"\\ud800\"}]",
      "[{\"\\ud800\": \"a\"}]",
      "[" + String(repeating: "[", count: 100_000),
    ])
  func brokenJSON(text: String) throws {
    let error = try #require(throws: PromptError.self) { try read(text, as: "json") }
    guard case .invalidJSON(let reason) = error.problem else {
      Issue.record("\(error)")
      return
    }
    #expect(!reason.isEmpty)
  }

  @Test("broken JSON lines are reported at their line")
  func brokenLine() throws {
    let error = try #require(throws: PromptError.self) {
      try read("{\"prompt\": \"a\"}\n{\"prompt\": \n", as: "jsonl")
    }
    #expect(error.place == .line(2))
    #expect(error.description.contains("not valid JSON"))
  }
}
