import Prompts
import Testing

@Suite("CSV and TSV")
struct DelimitedFileTests {
  private let exact = PromptFileOptions(stripWhitespace: false)

  @Test("quoted fields keep delimiters, doubled quotes and line ends")
  func quoting() throws {
    let set = try read("n,prompt\r\n1,\"a, \"\"b\"\"\r\nc\"\r\n2,d\r\n", as: "csv")
    #expect(set.prompts.map(\.text) == ["a, \"b\"\r\nc", "d"])
  }

  @Test("spaces around a field and an empty last field are kept")
  func exactFields() throws {
    let set = try read("prompt,note\n  two spaces \t,\n\"\u{301}x\",", as: "csv", exact)
    #expect(set.prompts.map(\.text) == ["  two spaces \t", "\u{301}x"])
  }

  @Test("a combining mark after a delimiter or a quote does not hide it")
  func combiningMarks() throws {
    let set = try read("note,prompt\na,\u{301}b\n\"\u{FE0F}c,d\",e\n", as: "csv")
    #expect(set.prompts.map(\.text) == ["\u{301}b", "e"])
  }

  @Test("a byte order mark and blank lines at the end are ignored")
  func markAndBlankLines() throws {
    for text in ["\u{FEFF}prompt,label\na,b\n\n\r\n\n", "\u{FEFF}\"prompt\",label\r\na,b"] {
      let set = try read(text, as: "csv")
      #expect(set.prompts == [Prompt(id: "1", text: "a", label: "b")])
    }
  }

  @Test("TSV has tabs for delimiters and the same quoting")
  func tsv() throws {
    let set = try read("prompt\tlabel\na, b\tx\n\"c\td\"\ty\n", as: "TSV")
    #expect(set.prompts.map(\.text) == ["a, b", "c\td"])
    #expect(set.prompts.map(\.label) == ["x", "y"])
  }

  @Test("a quote that is never closed is reported at the line that opens it")
  func unterminatedQuote() {
    let text = "prompt,label\na,\"b\nc\"\nd,\"e\nf\ng\n"
    expectFailure(.unterminatedQuote, at: .line(4), reading: text, as: "csv")
    expectFailure(.unterminatedQuote, at: .line(1), reading: "\"", as: "csv")
    expectFailure(.unterminatedQuote, at: .line(2), reading: "prompt\n\"a\"\"", as: "csv")
  }

  @Test("text after a closing quote is reported at the line that opens the quote")
  func textAfterQuote() {
    let text = "prompt,label\n\"a\nb\"c,d\n"
    expectFailure(.textAfterClosingQuote, at: .line(2), reading: text, as: "csv")
    expectFailure(.textAfterClosingQuote, at: .line(2), reading: "prompt\n\"a\" \n", as: "csv")
  }

  @Test("a quote inside an unquoted field is an error, doubled or not")
  func quoteInsideField() {
    for field in ["5\" disk", "5\"\" disk", "disk\"", " \"disk\""] {
      let text = "prompt,label\na,b\n\(field),b\n"
      expectFailure(.quoteInUnquotedField, at: .line(3), reading: text, as: "csv")
    }
  }

  @Test("rows with another number of fields than the header are reported")
  func fieldCount() {
    let place = PromptError.Place.row(2, line: 4)
    for (row, count) in [("c", 1), ("c,d,e", 3), ("", 1), (",,", 3)] {
      expectFailure(
        .fieldCount(found: count, expected: 2), at: place,
        reading: "prompt,label\n\"a\na\",b\n\(row)\nf,g\n", as: "csv")
    }
  }

  @Test("a header that names a column twice is an error, unnamed columns are not")
  func duplicateColumns() throws {
    expectFailure(
      .duplicateColumn("label"), at: .line(1), reading: "label,prompt, label\na,b,c\n", as: "csv")
    #expect(try read(",prompt,\n0,a,1\n", as: "csv").prompts.map(\.text) == ["a"])
  }

  @Test("a carriage return without a line feed is an error outside quotes only")
  func loneCarriageReturn() throws {
    expectFailure(.loneCarriageReturn, at: .line(1), reading: "prompt\ra\rb\r", as: "csv")
    expectFailure(.loneCarriageReturn, at: .line(2), reading: "prompt\na\r", as: "csv")
    #expect(try read("prompt\n\"a\rb\"\n", as: "csv").prompts.map(\.text) == ["a\rb"])
  }

  @Test("random fields that are written as RFC 4180 says are read back equal", arguments: 0..<200)
  func roundTrip(seed: UInt64) throws {
    var random = SeededGenerator(state: seed)
    let delimiter = seed.isMultiple(of: 2) ? "," : "\t"
    let lineEnd = Bool.random(using: &random) ? "\n" : "\r\n"
    var expected: [String] = []
    var text = ["first", "prompt", "last"].joined(separator: delimiter) + lineEnd
    for _ in 0..<Int.random(in: 1...12, using: &random) {
      let prompt = randomField(&random) + "x" + randomField(&random)
      expected.append(prompt)
      text +=
        [randomField(&random), prompt, randomField(&random)]
        .map { written($0, delimiter, &random) }.joined(separator: delimiter) + lineEnd
    }
    if Bool.random(using: &random) { text.unicodeScalars.removeLast(lineEnd.utf8.count) }
    let set = try read(text, as: delimiter == "," ? "csv" : "tsv", exact)
    #expect(set.prompts.map { Array($0.text.utf8) } == expected.map { Array($0.utf8) })
  }

  private func randomField(_ random: inout SeededGenerator) -> String {
    let pieces = [
      "a", "B", " ", ",", "\t", ";", "\"", "\"\"", "\n", "\r\n", "\r", "é", "e\u{301}", "\u{301}",
      "\u{FE0F}", "👩‍🔬", "中", "\u{FEFF}", "=", "#",
    ]
    return (0..<Int.random(in: 0...6, using: &random))
      .map { _ in pieces[Int.random(in: 0..<pieces.count, using: &random)] }.joined()
  }

  private func written(
    _ field: String, _ delimiter: String, _ random: inout SeededGenerator
  ) -> String {
    let special = Set(Array("\"\r\n\(delimiter)".utf8))
    guard field.utf8.contains(where: special.contains) || Bool.random(using: &random) else {
      return field
    }
    var bytes: [UInt8] = [0x22]
    for byte in field.utf8 { bytes += byte == 0x22 ? [0x22, 0x22] : [byte] }
    return String(decoding: bytes + [0x22], as: UTF8.self)
  }
}
