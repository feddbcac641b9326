import Checkpoints
import Foundation
import Testing

@Suite struct LoRATests {
  private func adapter(_ name: String) throws -> LoRAAdapter {
    try LoRAAdapter(path: Fixture.path("architectures/\(name)"))
  }

  @Test(arguments: ["llama", "phi3", "gpt2"])
  func `merged weights equal those of PEFT`(name: String) throws {
    let base = try openCheckpoint(path: Fixture.path("architectures/\(name)"))
    let checkpoint = try AdaptedCheckpoint(
      base: base, adapters: [(adapter("\(name)-lora"), scale: 1)])
    let path = try Fixture.path("architectures/\(name)-lora/expected.safetensors")
    let expected = try SafetensorsFile(path: path)
    var changed = 0
    for role in base.config.roles {
      let numbers = try unpacked(checkpoint.weight(role))
      let merged = try expected.tensor(named: role.fixtureKey).unpacked()
      // The rounding of sums of three products of size one, in another order.
      #expect(zip(numbers, merged).allSatisfy { abs($0 - $1) < 4e-6 }, "\(role)")
      if try numbers != unpacked(base.weight(role)) { changed += 1 }
    }
    #expect(changed == (name == "phi3" ? 10 : name == "gpt2" ? 8 : 6))
  }

  @Test func `an adapter changes a GGUF model as it changes its folder`() throws {
    let adapter = try adapter("llama-lora")
    let folder = try AdaptedCheckpoint(
      base: openCheckpoint(path: Fixture.path("architectures/llama")), adapters: [(adapter, 0.5)])
    let file = try AdaptedCheckpoint(
      base: openCheckpoint(path: Fixture.path("architectures/llama.gguf")),
      adapters: [(adapter, 0.5)])
    for role in folder.config.roles {
      try #expect(unpacked(folder.weight(role)) == unpacked(file.weight(role)))
    }
  }

  @Test func `scale 0 leaves the base model and scales of the same adapter add up`() throws {
    let adapter = try adapter("llama-lora")
    let base = try openCheckpoint(path: Fixture.path("architectures/llama"))
    let none = try AdaptedCheckpoint(base: base, adapters: [(adapter, 0)])
    let halves = try AdaptedCheckpoint(base: base, adapters: [(adapter, 0.5), (adapter, 0.5)])
    let whole = try AdaptedCheckpoint(base: base, adapters: [(adapter, 1)])
    let role = TensorRole.block(1, .q)
    try #expect(unpacked(none.weight(role)) == unpacked(base.weight(role)))
    let pairs = try zip(unpacked(halves.weight(role)), unpacked(whole.weight(role)))
    #expect(pairs.allSatisfy { abs($0 - $1) < 4e-6 })
    let rows = try unpacked(whole.weight(role), rows: 3..<5)
    try #expect(rows == Array(unpacked(whole.weight(role))[3 * 16..<5 * 16]))
  }

  @Test func `an adapter for another model is refused`() throws {
    let text = try message(applying: "llama-lora", to: "mistral")
    #expect(text.contains("adapter for another base model: its module \"model.layers.0."))
    let other = try message(applying: "gpt2-lora", to: "mistral")
    #expect(other.contains("changes the module \"transformer.h.0."))
  }

  private func message(applying name: String, to base: String) throws -> String {
    let adapter = try adapter(name)
    let base = try openCheckpoint(path: Fixture.path("architectures/\(base)"))
    return CheckpointsTests.message { () throws(CheckpointError) in
      try AdaptedCheckpoint(base: base, adapters: [(adapter, 1)]).config
    }
  }

  @Test(arguments: [
    ("peft_type", "LOHA", "its peft_type is \"LOHA\""),
    ("bias", "all", "it trains biases"),
    ("r", "4", "\"r\" should be an integer"),
  ])
  func `adapters of other methods are refused`(key: String, value: String, reason: String) throws {
    try expectRefusal([key: value], reason)
  }

  @Test func `settings beyond plain LoRA are refused`() throws {
    try expectRefusal(["use_dora": true], "it sets \"use_dora\"")
    try expectRefusal(["modules_to_save": ["lm_head"]], "it sets \"modules_to_save\"")
    try expectRefusal(["a_new_method": 3], "it sets \"a_new_method\", which is more than plain")
    try expectRefusal(["a_new_method": ["a": 1]], "it sets \"a_new_method\"")
    try expectRefusal(["r": 0], "0 is not between 1 and")
    try expectRefusal(["r": 5], "where the configuration needs [5, ")
    try expectRefusal(
      ["rank_pattern": ["layers.1.mlp.down_proj": 2, "v_proj": 2, ".*v_proj": 3]],
      "several patterns match the module")
    try expectRefusal(["rank_pattern": ["(": 2]], "\"(\" is not a regular expression")
    let folder = try ModelFolder(copying: "llama-lora")
    try folder.replace(".lora_A.weight", by: ".lora_C.weight", in: "adapter_model.safetensors")
    let text = CheckpointsTests.message { () throws(CheckpointError) in
      try LoRAAdapter(path: folder.path).path
    }
    #expect(text.contains("is neither A nor B of a linear layer's LoRA"))
  }

  @Test(arguments: ["pissa", "pissa_niter_16", "OLoRA", "corda", "loftq", "lora_ga", "unheard"])
  func `an initialisation that changes the base model is refused by name`(name: String) throws {
    try expectRefusal(["init_lora_weights": name], "its \"init_lora_weights\" is \"\(name)\"")
  }

  @Test func `settings that say nothing about the numbers are passed over`() throws {
    let folder = try ModelFolder(copying: "llama-lora")
    for value: Any in [true, false, "gaussian", "eva", "orthogonal", NSNull()] {
      try folder.change(["init_lora_weights": value], in: "adapter_config.json")
      #expect(throws: Never.self) { try LoRAAdapter(path: folder.path) }
    }
    let harmless: [String: Any?] = [
      "a_new_method": NSNull(), "another": false, "third": [Int](), "lora_dropout": 0.5,
      "target_modules": ["v_proj"], "revision": "main",
    ]
    try folder.change(harmless, in: "adapter_config.json")
    #expect(throws: Never.self) { try LoRAAdapter(path: folder.path) }
  }

  private func expectRefusal(
    _ members: [String: Any?], _ reason: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let folder = try ModelFolder(copying: "llama-lora")
    try folder.change(members, in: "adapter_config.json")
    let text = CheckpointsTests.message { () throws(CheckpointError) in
      try LoRAAdapter(path: folder.path).path
    }
    #expect(text.contains(reason), "\(text)", sourceLocation: sourceLocation)
  }
}
