import Analysis
import Foundation
import ModelLibrary
import Testing

@Suite("Words of a method from a file")
struct MethodTextTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private func format(_ text: String, file: String = "a.json") throws -> PromptFormat {
    let path = folder.path(file)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return try PromptFormat(methodFile: path)
  }

  private func refusal(_ text: String, file: String = "a.json") -> String {
    sentence { _ = try format(text, file: file) }.replacing(folder.path(""), with: "")
  }

  @Test("A text is the system message")
  func text() throws {
    #expect(try format("  Help.\n", file: "a.txt") == PromptFormat(system: "Help."))
  }

  @Test("A list of messages is the chat before the prompt")
  func chat() throws {
    let turns = """
      {"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}
      """
    let examples = [ChatExchange(user: "a", assistant: "b")]
    #expect(try format("[\(turns)]") == PromptFormat(examples: examples))
    #expect(
      try format("[{\"role\": \"system\", \"content\": \"s\"}, \(turns)]")
        == PromptFormat(system: "s", examples: examples))
  }

  @Test("What is no chat is refused")
  func refusals() {
    #expect(refusal("", file: "a.txt") == "a.txt: the file has no text; write the method's words")
    #expect(refusal("{}").hasPrefix("a.json: this is no list of messages in JSON; write "))
    #expect(refusal("[]").hasPrefix("a.json: the chat does not end with an answer"))
    #expect(
      refusal("[{\"role\": \"assistant\", \"content\": \"b\"}]").hasPrefix(
        "a.json: message 1 is of assistant; "))
    #expect(
      sentence { _ = try PromptFormat(methodFile: folder.path("none.txt")) }.contains(
        "the file cannot be read as UTF-8"))
  }
}
