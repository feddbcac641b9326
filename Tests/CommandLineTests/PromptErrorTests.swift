import Testing

@Suite("Prompts that cannot be used are refused in one sentence")
struct PromptErrorTests {
  let workplace: Workplace

  init() throws { workplace = try Workplace() }

  private func expectRefusal(
    of text: String, in name: String, with arguments: [String] = [], _ sentence: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try workplace.write(text, to: name)
    try workplace.expectDumpRefusal(
      with: arguments, prompts: name, sentence, sourceLocation: sourceLocation)
  }

  @Test("A file that is not there")
  func missing() throws {
    try workplace.expectDumpRefusal(
      prompts: "missing.csv",
      "missing.csv: the file cannot be read (it does not exist); "
        + "check the path and its permissions.")
  }

  @Test("An unknown extension")
  func unknownExtension() throws {
    try expectRefusal(
      of: "Hi\n", in: "prompts.pdf",
      "prompts.pdf: '.pdf' is no extension of a prompt file; "
        + "give a file that ends in .csv, .tsv, .jsonl, .ndjson, .json or .txt.")
    try workplace.makeFolder("folder")
    try workplace.expectDumpRefusal(
      prompts: "folder",
      "folder: the name has no extension; "
        + "give a file that ends in .csv, .tsv, .jsonl, .ndjson, .json or .txt.")
  }

  @Test("A CSV without a column of prompts, or without the one that was named")
  func columns() throws {
    try expectRefusal(
      of: "a,b\n1,2\n", in: "p.csv",
      "p.csv: no column is known to hold prompts; rename the one that does to 'prompt', or name it "
        + "with --prompt-column NAME where the command has that, the columns are 'a', 'b'.")
    try expectRefusal(
      of: "a,b\n1,2\n", in: "p.csv", with: ["--prompt-column", "c"],
      "p.csv: there is no column 'c'; give --prompt-column one of 'a', 'b'.")
  }

  @Test("Quotes that never close")
  func quotes() throws {
    try expectRefusal(
      of: "prompt\n\"Hi\n", in: "p.csv",
      "p.csv, line 2: the quote that opens here is never closed; close it, and write a quote "
        + "inside a quoted field twice (\"\").")
  }

  @Test("Empty files and empty prompts", arguments: ["p.csv", "p.txt", "p.jsonl", "p.tsv"])
  func empty(name: String) throws {
    try expectRefusal(
      of: "", in: name, "\(name): the file holds no prompts; give a file with at least one.")
  }

  @Test("A row whose prompt is blank")
  func blank() throws {
    try expectRefusal(
      of: "prompt,label\nHi,a\n\"  \",b\n", in: "p.csv",
      "p.csv, row 2 (line 3): the prompt is empty; write one or remove it.")
  }

  @Test("A prompt beyond the model's context is named, with both counts")
  func tooLong() throws {
    let text = "id,prompt\nshort,hello\nlong-one,\(String(repeating: "x", count: 200))\n"
    try expectRefusal(
      of: text, in: "p.csv",
      "prompt long-one has 219 tokens but the model's context holds 128; "
        + "shorten it or take it out of the file")
    // One that just fits runs.
    try workplace.write(String(repeating: "x", count: 128 - 19), to: "fits.txt")
    try workplace.dump(prompts: "fits.txt").expectSuccess()
    try expectRefusal(
      of: String(repeating: "x", count: 128 - 18), in: "over.txt",
      "prompt 1 has 129 tokens but the model's context holds 128; "
        + "shorten it or take it out of the file")
  }

  @Test("Label maps that cannot be read, or do not cover the labels")
  func labelMap() throws {
    let text = "prompt,label\nHi,safe\nHo,unsafe\n"
    try expectRefusal(
      of: text, in: "p.csv", with: ["--label-map", "foo"],
      "label map 'foo': 'foo' is not PATTERN=LABEL; "
        + "write a map like 'contrast_*=unsafe,*=safe'.")
    try expectRefusal(
      of: text, in: "p.csv", with: ["--label-map", "safe=0"],
      "p.csv, row 2 (line 3): no pattern of the label map matches 'unsafe' in column 'label'; "
        + "add 'unsafe=LABEL' or end the map with '*=LABEL'.")
  }

  @Test("A response that merges with the end of a prompt, so that the query end is no token")
  func mergingResponse() throws {
    try expectRefusal(
      of: "ok\ni\n", in: "p.txt", with: ["--raw", "--response", "n"],
      "prompt 2: the response \"n\" merges with the end of the prompt \"i\" into common tokens, "
        + "so the query end has no token of its own; begin the response with another character")
  }

  @Test("A byte order mark is no part of the first column's name")
  func byteOrderMark() throws {
    try workplace.write("\u{FEFF}prompt,label\nHi,safe\n", to: "bom.csv")
    try workplace.dump(prompts: "bom.csv").expectSuccess()
  }
}
