import ActivationStore
import Foundation
import TestSupport
import Testing

@Suite("logit-lens reads vectors as tokens")
struct LogitLensVectorTests {
  let workplace: Workplace

  init() throws { workplace = try Workplace() }

  /// Writes a vector per layer of the tiny model, the first its own opposite in the second.
  private func writeVectors(to name: String) throws {
    let first = (0..<ChatModel.dModel).map { Float($0 % 5) - 2 }
    let group = ResultGroup(
      name: "vectors",
      attributes: [
        "kind": .text("mean-difference"), "unit": .integer(0), "sign": .text("unsafe minus safe"),
        "position": .text("last"), "hook": .text("resid_post"), "n_unsafe": .integer(1),
        "n_safe": .integer(1),
      ],
      datasets: [
        ResultDataset(
          name: "refusal", axes: ["layer", "d_model"], shape: [2, ChatModel.dModel],
          values: .floats(first + first.map { -$0 })),
        ResultDataset(name: "norm", axes: ["layer"], shape: [2], values: .doubles([1, 1])),
        ResultDataset(name: "layer", axes: ["layer"], shape: [2], values: .integers([0, 1])),
      ])
    try ResultFile.write(
      [group], to: workplace.path(name),
      provenance: Provenance(toolVersion: "1", commandLine: "test", created: Date()),
      overwrite: false)
  }

  private func lens(_ arguments: [String]) throws -> Output {
    try workplace.run(["logit-lens", "--model", "tiny.gguf"] + arguments)
  }

  @Test("Tables of what is promoted and suppressed, per segment and layer")
  func tables() throws {
    try writeVectors(to: "v.h5")
    let output = try lens(["v.h5", "--top", "3", "--token", "x"])
    output.expectSuccess()
    let text = output.stdout
    #expect(
      text.hasPrefix(
        "Vectors of v.h5 (mean-difference), through the unembedding of tiny without its final norm"
      ))
    #expect(text.contains("\nPromoted: the highest scores\nlayers    1"))
    #expect(text.contains("\nformer 0  ") && text.contains("\nlatter 1  "))
    #expect(text.contains("not centred, unit length"))
    #expect(
      try lens(["v.h5", "--final-norm"]).stdout.contains("of tiny after its final norm\n"))
  }

  @Test("What one vector promotes, its opposite suppresses")
  func opposite() throws {
    try writeVectors(to: "v.h5")
    try lens(["v.h5", "--csv", "lens.csv", "-o", "out.h5"]).expectSuccess()
    let group = try ResultFile.read("lens", from: workplace.path("out.h5"))
    func ids(_ name: String) throws -> [Int] {
      let dataset = try #require(group.datasets.first { $0.name == name })
      guard case .integers(let ids) = dataset.values else { return [] }
      return ids
    }
    #expect(try ids("promoted_id").prefix(5) == ids("suppressed_id").suffix(5))
    #expect(try ids("segment_promoted_id").prefix(5) == ids("promoted_id").prefix(5))
    #expect(group.attributes["of"] == .text("vectors"))
    #expect(group.attributes["final_norm"] == .integer(0) && group.attributes["k"] == .integer(5))
    let rows = String(decoding: try workplace.bytes("lens.csv"), as: UTF8.self)
      .split(separator: "\n")
    #expect(rows[0] == "segment,first_layer,last_layer,kind,rank,token_id,token,score")
    // 2 segments and 2 layers, 5 promoted and 5 suppressed each.
    #expect(rows.count == 1 + 4 * 10 && rows[1].hasPrefix("former,0,0,promoted,1,"))
  }

  @Test("A file with states and vectors is read as states, and --of says otherwise")
  func both() throws {
    try workplace.write("Hi\n", to: "prompts.txt")
    try workplace.dump(output: "both.h5").expectSuccess()
    try writeVectors(to: "both.h5")
    let states = try lens(["both.h5"])
    states.expectSuccess()
    #expect(states.stdout.hasPrefix("States (resid_post) of both.h5"))
    #expect(states.stderr == "both.h5 has vectors too; --of vectors reads those\n")
    let vectors = try lens(["both.h5", "--of", "vectors"])
    vectors.expectSuccess()
    #expect(vectors.stdout.hasPrefix("Vectors of both.h5") && vectors.stderr == "")
  }

  @Test("Options of states are refused for vectors, and layers that have none")
  func refusals() throws {
    try writeVectors(to: "v.h5")
    let output = try lens(["v.h5", "--kl"])
    #expect(output.status == 64)
    #expect(
      output.stderr.hasPrefix(
        "Error: --kl and --positions are for states, and v.h5 is read as vectors."))
    try workplace.expectRefusal(
      of: ["logit-lens", "--model", "tiny.gguf", "v.h5", "--layers", "7"],
      "v.h5 has none of the layers asked for; it has 0, 1")
  }
}
