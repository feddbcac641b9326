import Checkpoints
import Foundation
import Testing

@Suite struct HuggingFaceConfigTests {
  private func config(_ name: String) throws -> ModelConfig {
    try HuggingFaceFolder(path: Fixture.path("architectures/\(name)")).config
  }

  private func rotary(_ config: ModelConfig) throws -> [Rotary] {
    guard case .rotary(let rules) = config.positions else { return [] }
    return rules
  }

  private func rotary(
    _ fixture: String, _ members: [String: Any?]
  ) throws -> Rotary {
    let folder = try ModelFolder(copying: fixture)
    try folder.change(members)
    return try #require(rotary(HuggingFaceFolder(path: folder.path).config).first)
  }

  @Test func `Llama 3 factors give the frequencies of transformers`() throws {
    let rule = try #require(rotary(config("llama")).first)
    guard case .llama3(let factors) = rule.scaling else {
      Issue.record("the scaling is \(rule.scaling)")
      return
    }
    let path = try Fixture.path("architectures/llama/expected.safetensors")
    let expected = try SafetensorsFile(path: path).tensor(named: "rotary frequencies").unpacked()
    #expect(factors.count == expected.count)
    for (index, frequency) in expected.enumerated() {
      let plain = pow(500, -Double(2 * index) / 16)
      #expect(abs(plain / Double(factors[index]) - Double(frequency)) < 1e-6 * Double(frequency))
    }
    #expect(factors.first == 1)
    #expect(factors.last == 8)
  }

  @Test func `older keys say the same as rope_parameters`() throws {
    let yarn: [String: Any] = [
      "type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16,
    ]
    let rule = try rotary(
      "qwen2", ["rope_parameters": nil, "rope_theta": 5000.0, "rope_scaling": yarn])
    #expect(
      rule
        == Rotary(
          base: 5000, dimensions: 4,
          scaling: .yarn(YarnScaling(factor: 4, originalContext: 16))))
    let linear: [String: Any] = ["rope_type": "linear", "factor": 2.0, "rope_theta": 300.0]
    #expect(
      try rotary("qwen2", ["rope_parameters": linear])
        == Rotary(base: 300, dimensions: 4, scaling: .linear(factor: 2)))
    let dynamic: [String: Any] = ["rope_type": "dynamic", "factor": 2.0]
    #expect(try rotary("qwen2", ["rope_parameters": dynamic]).scaling == .none)
    #expect(
      try rotary("qwen2", ["rope_parameters": nil])
        == Rotary(base: 10_000, dimensions: 4, scaling: .none))
  }

  @Test func `a stated attention factor replaces the one that YaRN derives`() throws {
    let parameters: [String: Any] = ["rope_type": "yarn", "factor": 4.0, "attention_factor": 1.5]
    let rule = try rotary("qwen2", ["rope_parameters": parameters])
    guard case .yarn(let yarn) = rule.scaling else {
      Issue.record("the scaling is \(rule.scaling)")
      return
    }
    #expect(yarn.originalContext == 64)
    #expect(abs(yarn.attentionFactor * (0.1 * log(4) + 1) - 1.5) < 1e-12)
  }

  @Test func `LongRoPE has both lists and the factor of transformers`() throws {
    let rule = try #require(rotary(config("phi3")).first)
    let expected = LongRopeScaling(
      shortFactors: [1, 1.5], longFactors: [2, 4], originalContext: 32,
      attentionFactor: (1 + log(2) / log(32)).squareRoot())
    #expect(rule.scaling == .longrope(expected))
  }

  @Test func `layers have the windows of their family`() throws {
    try #expect(config("llama").layerAttention.map(\.window) == [nil, nil])
    try #expect(config("mistral").layerAttention.map(\.window) == [8, 8])
    try #expect(config("qwen2").layerAttention.map(\.window) == [nil, 8])
    try #expect(config("gemma2").layerAttention.map(\.window) == [8, nil])
    try #expect(
      config("gemma3").layerAttention == [
        LayerAttention(window: 8, rotary: 1), LayerAttention(window: nil, rotary: 0),
      ])
    let mistral = try ModelFolder(copying: "mistral")
    try mistral.change(["sliding_window": NSNull()])
    try #expect(
      HuggingFaceFolder(path: mistral.path).config.layerAttention.map(\.window) == [nil, nil])
    try mistral.change(["sliding_window": nil])
    try #expect(
      HuggingFaceFolder(path: mistral.path).config.layerAttention.map(\.window) == [4096, 4096])
  }

  @Test func `what is particular to Gemma is read`() throws {
    let gemma2 = try config("gemma2")
    #expect(gemma2.norm == Norm(kind: .rms, epsilon: 1e-6, weightOffset: 1))
    #expect(gemma2.embeddingScale == 4)
    #expect(gemma2.attentionSoftcap == 50)
    #expect(gemma2.logitSoftcap == 30)
    #expect(gemma2.attentionScale == Float(1 / 6.0.squareRoot()))
    #expect(gemma2.mlp == MLP(isGated: true, activation: .geluTanh))
    #expect(gemma2.tiedUnembedding)
    let gemma3 = try config("gemma3")
    #expect(gemma3.attentionSoftcap == nil)
    try #expect(
      rotary(gemma3) == [
        Rotary(base: 1_000_000, dimensions: 6, scaling: .linear(factor: 8)),
        Rotary(base: 10_000, dimensions: 6, scaling: .none),
      ])
    let older = try ModelFolder(copying: "gemma3")
    try older.change([
      "rope_parameters": nil, "rope_theta": 1_000_000.0, "rope_local_base_freq": 10_000.0,
      "rope_scaling": ["rope_type": "linear", "factor": 8.0] as [String: Any],
      "layer_types": nil, "sliding_window_pattern": 2,
    ])
    try #expect(HuggingFaceFolder(path: older.path).config == gemma3)
  }

  @Test func `what is particular to GPT-NeoX and GPT-2 is read`() throws {
    let neox = try config("gpt_neox")
    #expect(neox.isParallel)
    #expect(neox.norm == Norm(kind: .layer, epsilon: 1e-5))
    #expect(neox.mlp == MLP(isGated: false, activation: .gelu))
    #expect(neox.hasFinalNormBias)
    try #expect(rotary(neox) == [Rotary(base: 10_000, dimensions: 2, scaling: .none)])
    let older = try ModelFolder(copying: "gpt_neox")
    try older.change(["rope_parameters": nil, "rotary_pct": 0.5, "rotary_emb_base": 700])
    try #expect(
      rotary(HuggingFaceFolder(path: older.path).config) == [
        Rotary(base: 700, dimensions: 2, scaling: .none)
      ])
    let gpt2 = try config("gpt2")
    #expect(gpt2.positions == .learned)
    #expect(gpt2.mlp == MLP(isGated: false, activation: .geluTanh))
    #expect(gpt2.tiedUnembedding)
    #expect(!gpt2.isParallel)
  }
}
