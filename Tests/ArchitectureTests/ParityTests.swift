import Checkpoints
import Foundation
import SteeringEngine
import Testing

/// Tiny models of every architecture give the numbers of Hugging Face transformers.
struct ParityTests {
  @Test("A Hugging Face folder gives the numbers of transformers", arguments: Fixture.models)
  func folder(_ name: String) throws {
    let expected = try Expectation(name)
    let found = try run(try Fixture.open(name), expected.sequences, expected.hooks)
    try expectParity(found, expected, within: tolerance)
  }

  @Test("A GGUF twin gives the numbers of transformers", arguments: Fixture.twins)
  func twin(_ name: String) throws {
    let expected = try Expectation(name)
    let found = try run(try Fixture.open("\(name).gguf"), expected.sequences, expected.hooks)
    try expectParity(found, expected, within: tolerance)
  }

  /// Both files hold the same weights; only the factors of the Llama 3 rule are worked out twice.
  @Test("A folder and its GGUF twin agree bit for bit", arguments: Fixture.twins)
  func formats(_ name: String) throws {
    let expected = try Expectation(name)
    let folder = try run(try Fixture.open(name), expected.sequences, expected.hooks)
    let twin = try run(try Fixture.open("\(name).gguf"), expected.sequences, expected.hooks)
    for hook in expected.hooks {
      if name == "llama3" {
        let distance = try #require(folder[hook]).distance(to: try #require(twin[hook]))
        #expect(distance <= 2e-6, "\(hook)")
      } else {
        #expect(folder[hook] == twin[hook], "\(hook)")
      }
    }
  }

  /// bfloat16 keeps 8 bits of each input of a product, which is a relative error of up to 1/256
  /// that the random weights of these models do not damp.
  @Test("bf16 products keep the direction of every row", arguments: Fixture.models)
  func bf16(_ name: String) throws {
    let expected = try Expectation(name)
    let checkpoint = try Fixture.open(name)
    let found = try run(checkpoint, expected.sequences, expected.hooks, precision: .bf16)
    for hook in expected.hooks {
      let cosine = try #require(found[hook]).cosine(to: try #require(expected.rows[hook]))
      #expect(cosine > 0.998, "\(name) \(hook)")
    }
  }

  @Test(
    "config.json of transformers 4 means the same as that of transformers 5",
    arguments: Fixture.olderConfigs)
  func version4(_ name: String) throws {
    let files = FileManager.default
    let copy = files.temporaryDirectory.appendingPathComponent("version4-\(UUID().uuidString)")
    defer { try? files.removeItem(at: copy) }
    try files.copyItem(at: Fixture.url("models/\(name)"), to: copy)
    let (older, newer) = (copy.appendingPathComponent("config.v4.json"), "config.json")
    try files.removeItem(at: copy.appendingPathComponent(newer))
    try files.moveItem(at: older, to: copy.appendingPathComponent(newer))
    #expect(try openCheckpoint(path: copy.path).config == Fixture.open(name).config)
  }
}

/// What parallel and sequential residual streams have in common and what not.
struct ResidMidTests {
  @Test("Parallel branches have no resid_mid, and asking for it says what to ask for instead")
  func parallel() throws {
    let expected = try Expectation("gptneox_parallel")
    let engine = try SteeringEngine(
      checkpoint: Fixture.open("gptneox_parallel"), precision: .f32, threads: 1)
    #expect(throws: EngineError.noResidMid("gpt_neox")) {
      try engine.plan(expected.sequences, capturing: [.residMid(0)], memoryBudget: .max)
    }
    #expect(EngineError.noResidMid("gpt_neox").description.contains("attn_out and mlp_out"))
  }

  @Test(
    "Elsewhere resid_mid is resid_pre plus attn_out", arguments: ["gptneox_sequential", "gemma2"])
  func sequential(_ name: String) throws {
    let expected = try Expectation(name)
    let found = try run(
      Fixture.open(name), expected.sequences, [.residPre(1), .attnOut(1), .residMid(1)])
    let before = try #require(found[.residPre(1)])
    let added = try #require(found[.attnOut(1)])
    #expect(found[.residMid(1)]?.values == zip(before.values, added.values).map { $0 + $1 })
  }
}
