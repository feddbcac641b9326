import Checkpoints
import Foundation
import Testing

@Suite struct LoRATests {
  private func adapter(_ name: String) throws -> LoRAAdapter {
    try LoRAAdapter(path: Fixture.path("architectures/\(name)"))
  }

  /// The weights that an adapter changes, in a base model of the fixtures.
  @Test(arguments: [
    ("llama", "lora", 6), ("phi3", "lora", 10), ("gpt2", "lora", 8),
    ("phi3", "dora", 8), ("gpt2", "dora", 6), ("qwen2", "modules", 15), ("qwen2", "embedding", 4),
    ("llama", "tokens", 3), ("llama", "pissa", 6), ("llama", "olora", 6),
  ])
  func `merged weights equal those of PEFT`(base name: String, adapter: String, count: Int) throws {
    let base = try openCheckpoint(path: Fixture.path("architectures/\(name)"))
    let checkpoint = try AdaptedCheckpoint(
      base: base, adapters: [(self.adapter("\(name)-\(adapter)"), scale: 1)])
    let path = try Fixture.path("architectures/\(name)-\(adapter)/expected.safetensors")
    let expected = try SafetensorsFile(path: path)
    var changed = 0
    for role in base.config.roles {
      let numbers = try unpacked(checkpoint.weight(role))
      let merged = try expected.tensor(named: role.fixtureKey).unpacked()
      // The rounding of sums of three products of size one, in another order; PEFT decomposes weights
      // in float32 besides.
      let tolerance: Float = ["pissa", "olora"].contains(adapter) ? 1e-5 : 4e-6
      #expect(zip(numbers, merged).allSatisfy { abs($0 - $1) < tolerance }, "\(role)")
      if try numbers != unpacked(base.weight(role)) { changed += 1 }
    }
    #expect(changed == count)
  }

  @Test(arguments: [
    "phi3-dora", "qwen2-modules", "qwen2-embedding", "llama-tokens", "llama-pissa", "llama-olora",
  ])
  func `half the strength is half the way`(name: String) throws {
    let base = try openCheckpoint(
      path: Fixture.path("architectures/\(name.split(separator: "-")[0])"))
    let adapter = try adapter(name)
    func weight(_ role: TensorRole, _ scale: Double) throws -> [Float] {
      try unpacked(AdaptedCheckpoint(base: base, adapters: [(adapter, scale)]).weight(role))
    }
    for role in base.config.roles {
      let (none, half, whole) = try (weight(role, 0), weight(role, 0.5), weight(role, 1))
      try #expect(none == unpacked(base.weight(role)))
      #expect(half.indices.allSatisfy { abs(half[$0] - (none[$0] + whole[$0]) / 2) < 4e-6 })
    }
  }

  @Test func `of tied embeddings one changes without the other, as PEFT runs them`() throws {
    let base = try openCheckpoint(path: Fixture.path("architectures/gemma"))
    let adapted = try AdaptedCheckpoint(
      base: base, adapters: [(adapter("gemma-embedding"), scale: 1)])
    #expect(base.config.tiedUnembedding && !adapted.config.tiedUnembedding)
    let embedding = try unpacked(base.weight(.tokenEmbedding))
    try #expect(unpacked(adapted.weight(.unembedding)) == embedding)
    let (a, b) = try embeddingFactors()
    let changed = try unpacked(adapted.weight(.tokenEmbedding))
    for token in 0..<base.config.dVocab {
      for column in 0..<base.config.dModel {
        // lora_alpha is 6 and the rank 3.
        let product = (0..<3).reduce(Float(0)) {
          $0 + a[$1 * base.config.dVocab + token] * b[column * 3 + $1]
        }
        let index = token * base.config.dModel + column
        #expect(abs(changed[index] - embedding[index] - 2 * product) < 4e-6)
      }
    }
  }

  private func embeddingFactors() throws -> (a: [Float], b: [Float]) {
    let file = try SafetensorsFile(
      path: Fixture.path("architectures/gemma-embedding/adapter_model.safetensors"))
    let module = "base_model.model.model.embed_tokens.lora_embedding_"
    return try (
      file.tensor(named: module + "A").unpacked(), file.tensor(named: module + "B").unpacked()
    )
  }

  @Test func `a norm that an adapter brings along is not put on a GGUF file of Gemma`() throws {
    let folder = try ModelFolder(copying: "gemma-embedding")
    var writer = SafetensorsWriter(metadata: [:])
    writer.addTensor(
      "base_model.model.model.norm.weight", shape: [16], .init(repeating: 1, count: 16))
    try Data(writer.bytes).write(
      to: URL(fileURLWithPath: folder.path + "/adapter_model.safetensors"))
    let adapter = try LoRAAdapter(path: folder.path)
    let whole = try openCheckpoint(path: Fixture.path("architectures/gemma"))
    #expect(throws: Never.self) {
      try AdaptedCheckpoint(base: whole, adapters: [(adapter, 1)])
    }
    let file = try openCheckpoint(path: Fixture.path("architectures/gemma.gguf"))
    let text = CheckpointsTests.message { () throws(CheckpointError) in
      try AdaptedCheckpoint(base: file, adapters: [(adapter, 1)]).config
    }
    #expect(text.contains("cannot be put on a GGUF file"))
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
    ("r", "4", "\"r\" should be an integer"),
  ])
  func `adapters of other methods are refused`(key: String, value: String, reason: String) throws {
    try expectRefusal([key: value], reason)
  }

  @Test func `settings beyond plain LoRA are refused`() throws {
    try expectRefusal(["use_dora": true], "has no magnitudes, which DoRA needs")
    try expectRefusal(["lora_bias": true], "it sets \"lora_bias\"")
    try expectRefusal(["ensure_weight_tying": true], "it sets \"ensure_weight_tying\"")
    try expectRefusal(["a_new_method": 3], "it sets \"a_new_method\", which is more than plain")
    try expectRefusal(["a_new_method": ["a": 1]], "it sets \"a_new_method\"")
    try expectRefusal(["r": 0], "0 is not between 1 and")
    try expectRefusal(["r": 5], "where the configuration needs [5, ")
    try expectRefusal(
      ["rank_pattern": ["layers.1.mlp.down_proj": 2, "v_proj": 2, ".*v_proj": 3]],
      "several patterns match the module")
    try expectRefusal(["rank_pattern": ["(": 2]], "\"(\" is not a regular expression")
    let folder = try ModelFolder(copying: "llama-lora")
    try folder.replace(".lora_A.weight", by: ".lora_A.weighs", in: "adapter_model.safetensors")
    let text = CheckpointsTests.message { () throws(CheckpointError) in
      try LoRAAdapter(path: folder.path).path
    }
    #expect(text.contains("is no part of a LoRA adapter known here"))
    let magnitudes = try ModelFolder(copying: "phi3-dora")
    try magnitudes.change(["use_dora": false], in: "adapter_config.json")
    let plain = CheckpointsTests.message { () throws(CheckpointError) in
      try LoRAAdapter(path: magnitudes.path).path
    }
    #expect(plain.contains("but is no DoRA adapter"))
    let tokens = try ModelFolder(copying: "llama-tokens")
    for value: Any in [[5], [5, 5], ["lm_head": [1, 2]], NSNull()] {
      try tokens.change(["trainable_token_indices": value], in: "adapter_config.json")
      let text = CheckpointsTests.message { () throws(CheckpointError) in
        try LoRAAdapter(path: tokens.path).path
      }
      #expect(text.contains("tokens of embed_tokens, of which 2 have rows"), "\(text)")
    }
  }

  @Test(arguments: ["pissa_niter_16", "corda", "loftq", "lora_ga", "unheard"])
  func `an initialisation that changes the base model is refused by name`(name: String) throws {
    try expectRefusal(["init_lora_weights": name], "its \"init_lora_weights\" is \"\(name)\"")
  }

  @Test func `what is taken out of several weights in one is refused`() throws {
    let folder = try ModelFolder(copying: "phi3-lora")
    try folder.change(["init_lora_weights": "pissa"], in: "adapter_config.json")
    let base = try openCheckpoint(path: Fixture.path("architectures/phi3"))
    let adapter = try LoRAAdapter(path: folder.path)
    let text = CheckpointsTests.message { () throws(CheckpointError) in
      try AdaptedCheckpoint(base: base, adapters: [(adapter, scale: 1)]).path
    }
    #expect(text.contains("where it holds several weights in one; merge the adapter"), "\(text)")
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
