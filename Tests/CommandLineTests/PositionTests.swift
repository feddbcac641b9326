import ActivationStore
import Testing

@Suite("Positions and formats")
struct PositionTests {
  let workplace: Workplace

  init() throws {
    workplace = try Workplace()
    try workplace.write("Hi, the kill\nx\n", to: "prompts.txt")
  }

  private func dump(_ arguments: [String], output: String = "out.h5") throws -> ActivationReader {
    try workplace.dump(arguments, output: output).expectSuccess()
    return try ActivationReader(path: workplace.path(output))
  }

  private func matrix(_ reader: ActivationReader, _ position: String) throws -> [Float] {
    try reader.matrix(hook: "resid_post", layer: 1, position: position).values
  }

  @Test("A response moves the last position and leaves the query end's states bit for bit")
  func response() throws {
    let plain = try dump(["--positions", "query-end,last"], output: "plain.h5")
    let sure = try dump(
      ["--positions", "last,query-end", "--response", "Sure"], output: "sure.h5")
    #expect(plain.contents.layout == .prompt(positions: ["query-end", "last"]))
    #expect(sure.contents.layout == .prompt(positions: ["last", "query-end"]))
    for (before, after) in zip(plain.contents.prompts, sure.contents.prompts) {
      let end = Int32(before.tokens.count - 1)
      #expect(before.positionTokens == [end, end])
      // "Sure" has no merges in this model, so it has four tokens.
      #expect(after.positionTokens == [end + 4, end])
      #expect(after.tokens.starts(with: before.tokens) && after.tokens.count == Int(end) + 5)
    }
    #expect(try matrix(sure, "query-end") == matrix(plain, "query-end"))
    #expect(try matrix(plain, "last") == matrix(plain, "query-end"))
    #expect(try matrix(sure, "last") != matrix(sure, "query-end"))
  }

  @Test("All positions hold the named ones")
  func all() throws {
    let named = try dump(
      ["--positions", "last,query-end", "--response", "Sure"], output: "named.h5")
    let all = try dump(["--positions", "all", "--response", "Sure"], output: "all.h5")
    #expect(all.contents.layout == .token)
    for (index, prompt) in named.contents.prompts.enumerated() {
      let rows = try all.rows(hook: "resid_post", layer: 1, prompts: index..<index + 1)
      #expect(rows.rows == prompt.tokens.count)
      let expected = prompt.positionTokens.flatMap { token in
        rows.values[Int(token) * rows.columns..<(Int(token) + 1) * rows.columns]
      }
      let found = try named.rows(hook: "resid_post", layer: 1, prompts: index..<index + 1)
      #expect(found.values == expected)
    }
  }

  @Test("Raw prompts are the whole text, and no template is recorded")
  func raw() throws {
    let reader = try dump(["--raw"])
    #expect(reader.header.chatTemplateSHA256 == nil)
    // The ids of bytes follow three control tokens.
    #expect(reader.contents.prompts[1].tokens == [3 + 0x78])
  }

  @Test("A system message comes before the prompt")
  func system() throws {
    let plain = try dump([], output: "plain.h5")
    let kind = try dump(["--system", "Be kind."], output: "kind.h5")
    for (before, after) in zip(plain.contents.prompts, kind.contents.prompts) {
      #expect(after.tokens.count > before.tokens.count)
      #expect(after.tokens.suffix(before.tokens.count) == before.tokens[...])
    }
    #expect(try matrix(kind, "last") != matrix(plain, "last"))
  }
}
