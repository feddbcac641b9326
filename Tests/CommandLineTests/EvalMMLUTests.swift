import ActivationStore
import Foundation
import TestSupport
import Testing

@Suite("eval mmlu")
struct EvalMMLUTests {
  private static let command = ["eval", "mmlu", "--model", "long.gguf", "mmlu"]
  private static let steering = [
    "--steer", "vectors.h5", "--layers", "1", "--allow-other-model",
  ]
  private let place: SteeringWorkplace

  init() throws {
    place = try SteeringWorkplace()
    try workplace.write(ChatModel.withContext(512), to: "long.gguf")
    for folder in ["mmlu/dev", "mmlu/test"] { try workplace.makeFolder(folder) }
    try workplace.write("Where is the cat?,in,out,a,the,A\n", to: "mmlu/dev/virology_dev.csv")
    try workplace.write(
      "Why?,in,out,a,the,B\nWhen?,1,2,3,4,D\n", to: "mmlu/test/virology_test.csv")
    try workplace.write("How?,in,out,a,the,B\n", to: "mmlu/dev/anatomy_dev.csv")
    try workplace.write("Who?,in,out,a,the,C\n", to: "mmlu/test/anatomy_test.csv")
  }

  private var workplace: Workplace { place.workplace }

  @Test("Subjects, groups and all, without and with steering")
  func subjects() throws {
    let output = try workplace.run(
      Self.command + Self.steering + ["--csv", "q.csv", "-o", "q.h5"])
    output.expectSuccess()
    let lines = output.stdout.split(separator: "\n").map(String.init)
    #expect(lines[0] == "long, MMLU with 5 examples, answers among the tokens A B C D")
    #expect(lines[1].hasPrefix("steered: layers 1 at all positions, alpha 3.5"))
    #expect(lines.contains { $0.hasPrefix("anatomy ") && $0.contains(" 1 ") })
    for name in ["virology", "STEM", "other", "all"] {
      #expect(lines.contains { $0.hasPrefix("\(name) ") })
    }
    let csv = String(decoding: try workplace.bytes("q.csv"), as: UTF8.self)
    #expect(
      csv.hasPrefix(
        "subject,question,shots,answer,chosen,log_p_a,log_p_b,log_p_c,log_p_d,steered_chosen,"))
    #expect(csv.split(separator: "\n").count == 4)
    let group = try ResultFile.read("mmlu", from: workplace.path("q.h5"))
    let dataset = { name in group.datasets.first { $0.name == name } }
    #expect(dataset("log_probability")?.shape == [3, 2, 4])
    #expect(dataset("accuracy")?.shape == [5, 2])
    #expect(dataset("answer")?.values == .integers([2, 1, 3]))
    #expect(group.attributes["steered_positions"] == .text("all"))
  }

  @Test("Subjects can be chosen, and examples left out")
  func chosen() throws {
    let output = try workplace.run(
      Self.command + ["--subjects", "virology", "--shots", "0", "--json"])
    output.expectSuccess()
    let json = try JSONSerialization.jsonObject(with: Data(output.stdout.utf8)) as? [String: Any]
    let rows = try #require(json?["rows"] as? [[String: Any]])
    #expect(rows.map { $0["name"] as? String } == ["virology", "other", "all"])
    #expect(json?["letterTexts"] as? [String] == ["A", "B", "C", "D"])
  }

  @Test(
    "What is no folder of MMLU is refused",
    arguments: [
      (
        ["mmlu", "--subjects", "moons"], "mmlu/test has no moons_test.csv; name some of anatomy, v"
      ),
      (["nowhere"], "nowhere holds no test/SUBJECT_test.csv; give the folder of MMLU"),
      (["bad"], "bad/test/moons_test.csv, line 1: the row has 2 fields and not the 6 of"),
      (["half"], "half/dev/moons_dev.csv is missing, which holds the examples for moons"),
    ])
  func refusals(arguments: [String], expected: String) throws {
    for folder in ["bad/dev", "bad/test", "half/test"] { try workplace.makeFolder(folder) }
    try workplace.write("Why?,in,out,a,the,B\n", to: "bad/dev/moons_dev.csv")
    try workplace.write("Why?,B\n", to: "bad/test/moons_test.csv")
    try workplace.write("Why?,in,out,a,the,B\n", to: "half/test/moons_test.csv")
    let before = try workplace.names
    let output = try workplace.run(
      ["eval", "mmlu", "--model", "long.gguf"] + arguments + ["-o", "out.h5"])
    #expect(output.status == 1 && output.stdout == "")
    #expect(output.stderr.contains(expected), "\(output.stderr)")
    #expect(try workplace.names == before)
  }
}
