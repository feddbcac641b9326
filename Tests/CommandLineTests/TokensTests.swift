import Foundation
import Testing

@Suite("tokens shows a prompt as the model reads it")
struct TokensTests {
  let workplace: Workplace

  init() throws { workplace = try Workplace() }

  private struct Report: Decodable {
    struct Token: Decodable {
      let index: Int
      let id: Int32
      let piece: String
      let positions: [String]
    }

    let text: String
    let tokens: [Token]
  }

  @Test("As a table, with spaces and line breaks to be seen")
  func table() throws {
    let output = try workplace.run(
      ["tokens", "--model", "tiny.gguf", "--raw", "--response", "\nno", "he kill"])
    output.expectSuccess()
    #expect(
      output.stdout == """
        index   id  token  position
            0  260  he
            1  269  ␣kill  query-end
            2   13  \\n
            3  113  n
            4  114  o      last

        """)
    #expect(output.stderr == "")
  }

  @Test("As JSON, in the chat template")
  func json() throws {
    let output = try workplace.run(["tokens", "--model", "tiny.gguf", "--json", "Hi"])
    output.expectSuccess()
    let report = try JSONDecoder().decode(Report.self, from: Data(output.stdout.utf8))
    #expect(report.text == "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n")
    #expect(report.tokens.map(\.index) == Array(report.tokens.indices))
    let pieces = report.tokens.map(\.piece)
    #expect(pieces.prefix(8) == ["<|im_start|>", "u", "s", "e", "r", "\\n", "H", "i"])
    #expect(report.tokens.last?.positions == ["query-end", "last"])
    #expect(report.tokens.dropLast().flatMap(\.positions) == [])
  }

  @Test("Nothing to show is an error")
  func empty() throws {
    try workplace.expectRefusal(
      of: ["tokens", "--model", "tiny.gguf", "--raw", ""],
      "the prompt \"\" has no tokens; write one or remove it")
  }
}
