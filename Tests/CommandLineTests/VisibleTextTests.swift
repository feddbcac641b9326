import ActivationStore
import Testing

@Suite("Text of others cannot steer a terminal")
struct VisibleTextTests {
  /// A clear screen, a carriage return, a C1 introducer, an override of direction.
  static let hostile = "a\u{1B}[2Jb\rc\u{9B}31md\u{202E}e"
  static let shown = "a\\u{1B}[2Jb\\u{D}c\\u{9B}31md\\u{202E}e"
  let place: SteeringWorkplace

  init() throws { place = try SteeringWorkplace() }

  @Test("Prompts, ids and labels in answers")
  func answers() throws {
    try place.workplace.write(
      "id,prompt,label\n\"\(Self.hostile)\",\"\(Self.hostile)\",\"l\u{1B}[2J\"\nb,Hi,safe\n",
      to: "hostile.csv")
    let output = try place.steer(["--prompts", "hostile.csv", "--sign", "+1"])
    output.expectSuccess()
    #expect(output.stdout.contains("\(Self.shown) [l\\u{1B}[2J]  \(Self.shown)"))
    for steering in ["\u{1B}", "\r", "\u{9B}", "\u{202E}"] {
      #expect(!output.stdout.unicodeScalars.contains(steering.unicodeScalars.first ?? "!"))
    }
  }

  @Test("Names in errors, and in JSON, which means the same")
  func errors() throws {
    let output = try place.workplace.run(["tokens", "--model", Self.hostile, "Hi"])
    #expect(output.status == 1)
    #expect(output.stderr.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 })
    let json = try place.workplace.run(
      ["tokens", "--model", "tiny.gguf", "--raw", "--json", "x\u{9B}\u{7F}"])
    #expect(json.stdout.contains("\"text\" : \"x\\u009b\\u007f\""))
  }

  @Test("An answer with a zero byte, which no HDF5 text can hold, is kept with it escaped")
  func zeroByte() throws {
    let output = try place.steer([
      "--prompts", "prompts.csv", "--sign", "+1", "--temperature", "50", "--max-new-tokens", "200",
      "-o", "answers.h5", "--json",
    ])
    output.expectSuccess()
    // One of the 270 tokens is the zero byte, and 1600 are drawn as good as evenly.
    #expect(output.stdout.contains("\\\\u{0}"))
    let group = try ResultFile.read("steering", from: place.workplace.path("answers.h5"))
    let texts = group.datasets.compactMap { dataset -> [String]? in
      guard case .texts(let texts) = dataset.values else { return nil }
      return texts
    }
    #expect(texts.joined().contains { $0.contains("\\u{0}") })
  }

  @Test("A table keeps its lines, whatever a label holds")
  func table() throws {
    try place.workplace.write(
      "prompt,label\nthe kill,\"one\ntwo\"\nHi,safe\n", to: "lines.csv")
    let output = try place.steer(["--prompts", "lines.csv", "--sign", "+1"])
    output.expectSuccess()
    #expect(output.stdout.contains("\none\\u{A}two"))
  }

  @Test("CSV texts are exact, or no formulas to a spreadsheet when asked; numbers stay numbers")
  func spreadsheets() throws {
    try place.workplace.write(
      "id,prompt,label\n-1.5,\"=1+1\",safe\n@b,+x,unsafe\n", to: "formulas.csv")
    func table(_ arguments: [String]) throws -> String {
      try place.steer(
        ["--prompts", "formulas.csv", "--sign", "+1", "--csv", "a.csv", "--force"] + arguments
      ).expectSuccess()
      return String(decoding: try place.workplace.bytes("a.csv"), as: UTF8.self)
    }
    let exact = try table([])
    #expect(exact.contains("\n-1.5,") && exact.contains(",=1+1,") && exact.contains("\n@b,"))
    let guarded = try table(["--csv-for-spreadsheets"])
    #expect(guarded.contains("\n-1.5,") && guarded.contains(",'=1+1,"))
    #expect(guarded.contains("\n'@b,") && guarded.contains(",'+x,"))
  }
}
