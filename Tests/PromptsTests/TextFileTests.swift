import Prompts
import Testing

@Suite("Plain text, encodings and file names")
struct TextFileTests {
  @Test("each line that is not blank is a prompt")
  func lines() throws {
    let set = try read("\u{FEFF}one\r\n\r\n  two \n \t\n\"three, 3\"", as: "txt")
    #expect(set.prompts.map(\.text) == ["one", "two", "\"three, 3\""])
    #expect(set.prompts.map(\.id) == ["1", "2", "3"])
    #expect(set.layout == PromptSet(name: "", prompts: []).layout)
  }

  @Test("whitespace is stripped as Python does, or kept exactly")
  func stripping() throws {
    let text = "\u{1C}\u{A0}\u{2003}a\u{200B} \u{85}\n \u{301}b\n"
    let stripped = try read(text, as: "txt").prompts.map { Array($0.text.unicodeScalars) }
    #expect(stripped == [["a", "\u{200B}"], ["\u{301}", "b"]])
    let exact = try read(text, as: "txt", PromptFileOptions(stripWhitespace: false))
    #expect(exact.prompts.map(\.text).joined(separator: "\n") + "\n" == text)
  }

  @Test("options about columns are refused where there are none")
  func columnOptions() throws {
    let map = try LabelMap(parsing: "*=safe")
    expectFailure(
      .noColumns(flags: ["--label-column", "--label-map"]), at: .whole, reading: "a\n", as: "txt",
      PromptFileOptions(labelColumn: "b", labelMap: map))
    expectFailure(
      .noColumns(flags: ["--prompt-column", "--id-column"]), at: .whole, reading: "[\"a\"]",
      as: "json", PromptFileOptions(promptColumn: "b", idColumn: "c"))
  }

  @Test(
    "bytes that are not UTF-8 are reported with offset and line",
    arguments: [
      ([0xE9] as [UInt8], 0), ([0xC3, 0x0A], 0), ([0x62, 0xC0, 0x80], 1), ([0xED, 0xA0, 0x80], 0),
      ([0xC3, 0xA9, 0xF5, 0x80, 0x80, 0x80], 2), ([0x62, 0xE2, 0x82], 1),
    ])
  func invalidUTF8(bytes: [UInt8], offset: Int) {
    for suffix in ["txt", "csv", "json", "jsonl"] {
      let before = Array("prompt\r\na\n".utf8)
      let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
      expectFailure(
        .invalidUTF8, at: .byte(offset: 10 + offset, line: 3), reading: before + bytes, as: suffix)
      expectFailure(
        .invalidUTF8, at: .byte(offset: 13 + offset, line: 3), reading: mark + before + bytes,
        as: suffix)
    }
  }

  @Test("UTF-16 files are named as such")
  func utf16() throws {
    for (mark, name) in [([0xFF, 0xFE] as [UInt8], "UTF-16LE"), ([0xFE, 0xFF], "UTF-16BE")] {
      expectFailure(
        .notUTF8(encoding: name), at: .whole, reading: mark + [0x61, 0x00], as: "csv")
    }
    expectFailure(.nulCharacter, at: .line(1), reading: "a\u{0}b\n", as: "txt")
    expectFailure(.nulCharacter, at: .element(1), reading: "[\"a\\u0000\"]", as: "json")
  }

  @Test("old Macintosh line ends are refused instead of read as one prompt")
  func carriageReturns() {
    expectFailure(.loneCarriageReturn, at: .line(1), reading: "a\rb\r", as: "txt")
  }

  @Test("files without prompts are errors in every format")
  func empty() {
    for suffix in ["csv", "tsv", "txt", "json", "jsonl"] {
      for text in ["", "\u{FEFF}", "\n\r\n\n"] {
        expectFailure(.noPrompts, at: .whole, reading: text, as: suffix)
      }
    }
    expectFailure(.noPrompts, at: .whole, reading: "prompt,label\n", as: "csv")
    expectFailure(.noPrompts, at: .whole, reading: "[]", as: "json")
  }

  @Test("names that cannot be read say why")
  func names() throws {
    expectFailure(.unknownExtension(".xlsx"), at: .whole, reading: "a", as: "xlsx")
    for (path, problem) in [
      ("/no/such/file.csv", PromptError.Problem.unreadable(reason: "it does not exist")),
      ("/no.csv/such", .unknownExtension("")), ("", .unknownExtension("")),
    ] {
      let error = try #require(throws: PromptError.self) { try PromptSet.read(path: path) }
      #expect(error.problem == problem)
      #expect(error.place == .whole)
    }
  }
}
