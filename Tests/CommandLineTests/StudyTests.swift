import ActivationStore
import Foundation
import TestSupport
import Testing

@Suite("study does the whole paper", .enabled(if: Workplace.plotly != nil, "needs `make plotly`"))
struct StudyTests {
  private let workplace: Workplace

  init() throws {
    workplace = try Workplace()
    try workplace.addPlotly()
    try workplace.write(ChatModel.deepBytes(), to: "deep.gguf")
    try workplace.makeFolder("contrast")
    let words = ["the kill", "Hi", "in the house", "x the", "a cat", "ou", "kill in", "How do I"]
    let requests = (0..<12).map { index in
      "r\(index),\(words[index % 8]) \(index),\(index % 2 == 0 ? "unsafe" : "safe")\n"
    }
    let pairs = (0..<20).flatMap { pair in
      ["safe", "unsafe"].map { "p\(pair)-\($0),\(words[pair % 8]) \(pair) \($0),\($0)\n" }
    }
    for (name, rows) in [("requests", requests), ("lookalikes", pairs)] {
      try workplace.write(
        "id,prompt,label\n" + rows.joined(), to: "contrast/\(name).csv")
    }
  }

  private func study(_ arguments: [String] = []) throws -> Output {
    try workplace.run(
      ["study", "deep.gguf", "-o", "out", "--contrast", "contrast", "--max-new-tokens", "4"]
        + arguments)
  }

  private func record() throws -> [String: Any] {
    try #require(
      JSONSerialization.jsonObject(with: Data(workplace.bytes("out/study.json")))
        as? [String: Any])
  }

  @Test("Every step is done once, and its command alone says what the study's file of it says")
  func whole() throws {
    let output = try study()
    output.expectSuccess()
    #expect(
      output.stderr.contains("the project's own prompts, since --data names no published sets"))
    let steps = try #require(try record()["done"] as? [[String: Any]])
    let names = steps.compactMap { $0["name"] as? String }
    #expect(
      names == [
        "vectors", "lens", "states", "classify", "tsne", "choose-0.03n", "choose-0.06n",
        "choose-0.1n", "ablate", "eval", "speed", "tables", "report", "notebook",
      ])
    for name in ["report.html", "study.ipynb", "tables.md", "tables.tex", "run.h5", "states.h5"] {
      #expect(try !workplace.bytes("out/" + name).isEmpty)
    }
    for row in ["Default  ", "SCANS, cosine", "SCANS, probe-transition", "SCANS, probe-query-end"] {
      #expect(output.stdout.contains("\n\(row)"))
    }
    #expect(output.stdout.components(separatedBy: ", chosen before").count == 2)
    // Beside the paper's model, since this is none of them; of costs a study without texts has speed.
    let tables = String(decoding: try workplace.bytes("out/tables.md"), as: UTF8.self)
    #expect(tables.contains("| WikiText-2 perplexity | 7.76 | 9.32 | - | - |"))
    let speed = try #require(tables.split(separator: "\n").first { $0.hasPrefix("| tokens/s") })
    #expect(speed.contains("40.60 | 39.62") && !speed.contains("- |"))
    #expect(tables.contains("| 0.75 | 9.2% | 97.7% | - |"))
    #expect(output.stdout.hasSuffix("tables  out/tables.md, out/tables.tex\n"))
    for group in ["vectors", "lens", "classifier", "tsne", "ablation", "evaluation_table"] {
      _ = try ResultFile.read(group, from: workplace.path("out/run.h5"))
    }
    // No prompt is in two of the three parts.
    let parts = try ["anchors", "choice", "lookalikes"].map { name in
      Set(
        String(decoding: try workplace.bytes("out/\(name).csv"), as: UTF8.self)
          .split(separator: "\n").dropFirst())
    }
    #expect(parts.map(\.count) == [12 + 16, 8, 16])
    #expect(parts[0].union(parts[1]).union(parts[2]).count == 12 + 40)
    let classify = try #require(steps[3]["arguments"] as? [String])
    let alone = try workplace.run(classify)
    alone.expectSuccess()
    #expect(
      alone.stdout == String(decoding: try workplace.bytes("out/classify.txt"), as: UTF8.self))

    let again = try study()
    again.expectSuccess()
    #expect(again.stdout == output.stdout && !again.stderr.contains("done in"))
    try expectRefusals()
  }

  /// Of a study that is there.
  private func expectRefusals() throws {
    let requests = try workplace.bytes("contrast/requests.csv")
    try workplace.write(requests + Array("r99,one more,safe\n".utf8), to: "contrast/requests.csv")
    let data = try study()
    #expect(data.status == 1 && data.stderr.contains("a study of another set of data (SHA-256 "))
    // Begun anew, nothing of the other prompts is gone on with.
    try study(["--force"]).expectSuccess()
    let other = try study(["--max-new-tokens", "5"])
    #expect(other.status == 1)
    #expect(other.stderr.contains("Error: out holds a study whose step eval was 'eval run "))
    #expect(other.stderr.hasSuffix("or begin anew with --force\n"))
    try workplace.write(ChatModel.bytes(), to: "deep.gguf")
    let model = try study()
    #expect(model.status == 1 && model.stderr.contains("a study of another model (SHA-256 "))
    try workplace.write("{}", to: "out/study.json")
    let broken = try study()
    #expect(broken.status == 1 && broken.stderr.contains("study.json does not say what was done"))
  }

  @Test("Published files of a folder are reported on, and a text has a perplexity")
  func published() throws {
    try workplace.makeFolder("bench")
    let rows = (0..<20).map { "\($0),the \($0),\($0 % 2 == 0 ? "" : "contrast_")homonyms\n" }
    try workplace.write("id,prompt,type\n" + rows.joined(), to: "bench/xstest_v2_prompts.csv")
    try workplace.write(
      (0..<400).map { "in the house \($0)" }.joined(separator: " "),
      to: "bench/wikitext2_test.txt")
    let output = try study(["--data", "bench", "--prompts", "10"])
    output.expectSuccess()
    #expect(output.stderr.hasPrefix("reported on: xstest (10)\n"))
    #expect(output.stderr.contains("perplexity: done in "))
    let table = String(decoding: try workplace.bytes("out/ablate.txt"), as: UTF8.self)
    #expect(table.contains("  perplexity\n"))
    #expect(try workplace.bytes("out/excerpt.txt").count == 4000)
    let answers = String(decoding: try workplace.bytes("out/eval.txt"), as: UTF8.self)
    #expect(answers.contains("xstest safe (5)") && answers.contains("xstest unsafe (5)"))
    #expect(try !workplace.names.contains("lookalikes.csv"))
  }

  @Test("A study whose last steps are missing does these alone")
  func resuming() throws {
    let whole = try study()
    whole.expectSuccess()
    var record = try record()
    let steps = try #require(record["done"] as? [[String: Any]])
    record["done"] = Array(steps.prefix(8))
    try workplace.write(
      Array(JSONSerialization.data(withJSONObject: record)), to: "out/study.json")
    let output = try study()
    output.expectSuccess()
    let lines = output.stderr.split(separator: "\n").filter { $0.contains(": done in") }
    #expect(
      lines.map { $0.prefix { $0 != ":" } }
        == ["ablate", "eval", "speed", "tables", "report", "notebook"])
    #expect(output.stdout == whole.stdout)
  }

  @Test("A dry run says every command and writes nothing")
  func dryRun() throws {
    let before = try workplace.names
    let output = try study(["--dry-run"])
    output.expectSuccess()
    #expect(output.stderr.contains("    workbench vectors make --model deep.gguf "))
    #expect(output.stderr.contains(" --alpha CHOSEN --classifier CHOSEN "))
    #expect(output.stderr.contains("together"))
    #expect(try workplace.names == before)
  }

  @Test(
    "What no study can be made of",
    arguments: [
      (["--data", "none"], "--data none is no folder; give the one that"),
      (["--data", "contrast"], "contrast has none of the files xstest_v2_prompts.csv, "),
      (["--contrast", "none"], "none/requests.csv"),
    ])
  func refusals(arguments: [String], sentence: String) throws {
    let output = try study(arguments)
    #expect(output.status == 1 && output.stdout == "")
    #expect(output.stderr.contains(sentence), "\(output.stderr)")
    #expect(try !workplace.names.contains("out"))
  }

  @Test("Look-alikes that are not in pairs, or too few, are refused before anything is written")
  func pairs() throws {
    for rows in ["a,x,safe\nb,y,unsafe\n", "a,x,safe\nb,y,safe\nc,z,unsafe\n"] {
      try workplace.write("id,prompt,label\n" + rows, to: "contrast/lookalikes.csv")
      let output = try study()
      #expect(output.status == 1 && output.stdout == "")
      #expect(output.stderr.hasPrefix("Error: contrast/lookalikes.csv has "))
      #expect(output.stderr.contains("; a study needs 10 pairs or more, one after another"))
      #expect(try !workplace.names.contains("out"))
    }
  }

  @Test("A folder with other things is left alone, and a failed step says so")
  func folders() throws {
    try workplace.makeFolder("out")
    try workplace.write("mine", to: "out/notes.txt")
    let output = try study()
    #expect(output.status == 1 && output.stderr.contains("out exists and holds no study"))
    let shallow = try workplace.run(
      ["study", "tiny.gguf", "-o", "shallow", "--contrast", "contrast"])
    #expect(shallow.status == 1)
    #expect(
      shallow.stderr.hasSuffix(
        "Error: the step choose-0.03n failed; what was done before is kept in shallow, and the same "
          + "command goes on from there\n"))
    #expect(try !workplace.bytes("shallow/tsne.txt").isEmpty)
  }
}
