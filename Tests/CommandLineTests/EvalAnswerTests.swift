import ActivationStore
import Foundation
import TestSupport
import Testing

@Suite("eval summaries and eval speed")
struct EvalAnswerTests {
  private static let model = ["--model", "long.gguf"]
  private static let steering = [
    "--steer", "vectors.h5", "--layers", "1", "--allow-other-model",
  ]
  private let place: SteeringWorkplace

  init() throws {
    place = try SteeringWorkplace()
    try workplace.write(ChatModel.withContext(512), to: "long.gguf")
    try workplace.write(
      "document,summary\nthe house,a house\nthe kill,kill\na cat in it,the cat\n",
      to: "documents.csv")
  }

  private var workplace: Workplace { place.workplace }

  private func dataset(_ group: ResultGroup, _ name: String) -> ResultDataset? {
    group.datasets.first { $0.name == name }
  }

  @Test("Summaries have ROUGE without and with steering")
  func summaries() throws {
    let output = try workplace.run(
      ["eval", "summaries", "documents.csv", "--max-new-tokens", "5", "--csv", "s.csv"]
        + ["-o", "s.h5"] + Self.model + Self.steering)
    output.expectSuccess()
    #expect(output.stdout.hasPrefix("long, ROUGE of 3 summaries in percent\nsteered: layers 1 "))
    #expect(output.stdout.contains("ROUGE-1 P") && output.stdout.contains("\nunsteered "))
    let group = try ResultFile.read("summaries", from: workplace.path("s.h5"))
    #expect(dataset(group, "f")?.shape == [3, 2, 3] && dataset(group, "summary")?.shape == [3, 2])
    #expect(group.attributes["repetition_penalty"] == .number(Double(Float(1.1))))
    let csv = String(decoding: try workplace.bytes("s.csv"), as: UTF8.self)
    #expect(csv.hasPrefix("id,variant,reference,summary,refused,rouge_1_precision,"))
  }

  @Test("The seed draws the documents")
  func drawing() throws {
    func ids(_ seed: String) throws -> [String] {
      try workplace.run(
        ["eval", "summaries", "documents.csv", "--max-new-tokens", "2", "--limit", "1"]
          + ["--limit-seed", seed, "--csv", "s.csv", "--force"] + Self.model
      ).expectSuccess()
      let csv = String(decoding: try workplace.bytes("s.csv"), as: UTF8.self)
      return csv.split(separator: "\n").dropFirst().map { String($0.prefix { $0 != "," }) }
    }
    let drawn = try (0..<8).map { try ids("\($0)") }
    #expect(drawn.allSatisfy { $0.count == 1 } && Set(drawn).count > 1)
    #expect(try ids("3") == drawn[3])
  }

  @Test("A file without summaries is refused")
  func columns() throws {
    try workplace.write("document,title\na,b\n", to: "titles.csv")
    let output = try workplace.run(["eval", "summaries", "titles.csv"] + Self.model)
    #expect(output.status == 1 && output.stdout == "")
    #expect(
      output.stderr.contains("titles.csv: no column is called 'summary' or 'highlights'; rename"))
  }

  @Test("Speed has a row for each count of answers and variant")
  func speed() throws {
    let output = try workplace.run(
      ["eval", "speed", "--rows", "1,3", "--rounds", "2", "--max-new-tokens", "4"]
        + ["-o", "v.h5", "--csv", "v.csv"] + SteeringWorkplace.prompts + Self.model
        + Self.steering)
    output.expectSuccess()
    let lines = output.stdout.split(separator: "\n").map(String.init)
    #expect(lines[0].contains("medians of 2 rounds of 4 tokens an answer"))
    #expect(lines.count == 8 && lines[2].hasPrefix("|alpha v| / |x| at these layers: "))
    let group = try ResultFile.read("speed", from: workplace.path("v.h5"))
    #expect(dataset(group, "decode_rate")?.shape == [2, 2])
    #expect(dataset(group, "run_tokens")?.values == .integers([4, 4, 4, 4, 12, 12, 12, 12]))
  }

  @Test(
    "Counts that make no sense are refused",
    arguments: [
      (["--rows", "0"], "invalid for '--rows"),
      (["--rounds", "0"], "--rounds is 0; give a count from 1 to 1000."),
      (["--max-new-tokens", "1"], "--max-new-tokens is 1; give 2 or more"),
    ])
  func usage(arguments: [String], expected: String) throws {
    let output = try workplace.run(
      ["eval", "speed", "--model", "none.gguf", "Hi"] + arguments)
    #expect(output.status == 64 && output.stderr.contains(expected), "\(output.stderr)")
  }
}
