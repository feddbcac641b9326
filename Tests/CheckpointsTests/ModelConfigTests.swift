import Checkpoints
import Testing

@Suite struct ModelConfigTests {
  /// A llama file of one block: dModel 8, 2 heads, 1 key-value head, dMLP 12, 5 tokens.
  private static func builder(
    omitting omitted: String? = nil, _ replacements: [String: Int] = [:]
  ) -> GGUFBuilder {
    var builder = GGUFBuilder()
    builder.add("general.architecture", "llama")
    let counts = [
      ("block_count", 1), ("context_length", 64), ("embedding_length", 8),
      ("feed_forward_length", 12), ("attention.head_count", 2), ("attention.head_count_kv", 1),
    ]
    for (suffix, count) in counts where "llama." + suffix != omitted {
      builder.add("llama." + suffix, replacements[suffix] ?? count)
    }
    builder.add("llama.attention.layer_norm_rms_epsilon", Float(1e-6))
    builder.addTensor("token_embd.weight", ne: [8, 5], filledWith: 1)
    return builder
  }

  private static func refusal(_ builder: GGUFBuilder) -> String {
    message { () throws(CheckpointError) in try GGUFCheckpoint(openGGUF(builder.build())).config }
  }

  private static func config(_ builder: GGUFBuilder) throws -> ModelConfig {
    try GGUFCheckpoint(openGGUF(builder.build())).config
  }

  private static func scaling(_ builder: GGUFBuilder) throws -> RopeScaling? {
    guard case .rotary(let rules) = try config(builder).positions else { return nil }
    return rules.first?.scaling
  }

  @Test(arguments: ["tiny-llama.gguf", "tiny-llama-v2.gguf"])
  func `a llama file of either version gives its hyperparameters`(name: String) throws {
    let file = try Fixture.open(name)
    #expect(file.version == (name.contains("v2") ? 2 : 3))
    let expected = ModelConfig(
      architecture: "llama", nLayers: 2, dModel: 32, nHeads: 4, nKVHeads: 2, dHead: 8, dMLP: 64,
      dVocab: 48, nCtx: 128, norm: Norm(kind: .rms, epsilon: 1e-5),
      mlp: MLP(isGated: true, activation: .silu), attentionScale: 1 / Float(8).squareRoot(),
      positions: .rotary([Rotary(base: 100_000, dimensions: 8, scaling: .none)]),
      layerAttention: [LayerAttention(), LayerAttention()],
      blockTensors: [.attnNorm, .q, .k, .v, .o, .mlpNorm, .gate, .up, .down],
      tiedUnembedding: true)
    try #expect(GGUFCheckpoint(file).config == expected)
  }

  @Test func `queries and keys of llama files leave the order of llama.cpp's rotation`() throws {
    let file = try Fixture.open("tiny-llama.gguf")
    let checkpoint = try GGUFCheckpoint(file)
    let stored = try file.tensor(named: "blk.1.attn_k.weight").unpacked()
    let key = try unpacked(checkpoint.weight(.block(1, .k)))
    for head in 0..<2 {
      for row in 0..<8 {
        let from = 8 * head + (row < 4 ? 2 * row : 2 * (row - 4) + 1)
        #expect(
          key[(8 * head + row) * 32..<(8 * head + row + 1) * 32]
            == stored[from * 32..<(from + 1) * 32])
      }
    }
    let value = try unpacked(checkpoint.weight(.block(1, .v)))
    try #expect(value == file.tensor(named: "blk.1.attn_v.weight").unpacked())
  }

  @Test func `a tensor whose shape contradicts the config is refused`() throws {
    var builder = Self.builder()
    builder.addTensor("blk.0.attn_k.weight", ne: [8, 8], filledWith: 1)
    let checkpoint = try GGUFCheckpoint(openGGUF(builder.build()))
    let text = message { () throws(CheckpointError) in try checkpoint.weight(.block(0, .k)) }
    #expect(
      text.contains("\"blk.0.attn_k.weight\" has shape [8, 8] where the configuration needs [4, 8]")
    )
    let absent = message { () throws(CheckpointError) in try checkpoint.weight(.unembedding) }
    #expect(absent.contains("has no tensor \"output.weight\""))
  }

  @Test func `absent optional keys take llama's defaults`() throws {
    let config = try Self.config(Self.builder(omitting: "llama.attention.head_count_kv"))
    #expect(config.nKVHeads == 2)
    #expect(config.dHead == 4)
    #expect(config.positions == .rotary([Rotary(base: 10_000, dimensions: 4, scaling: .none)]))
  }

  @Test func `a separate unembedding is noticed and a key length overrides the head width`() throws
  {
    var builder = Self.builder()
    builder.add("llama.attention.key_length", 6)
    builder.addTensor("output.weight", ne: [8, 5], filledWith: 1)
    let config = try Self.config(builder)
    #expect(!config.tiedUnembedding)
    #expect(config.dHead == 6)
  }

  @Test func `linear scaling is read with and without a type`() throws {
    var typed = Self.builder()
    typed.add("llama.rope.scaling.type", "linear")
    typed.add("llama.rope.scaling.factor", Float(4))
    try #expect(Self.scaling(typed) == .linear(factor: 4))
    var older = Self.builder()
    older.add("llama.rope.scale_linear", Float(2))
    try #expect(Self.scaling(older) == .linear(factor: 2))
  }

  @Test func `Llama 3 factors come from their tensor`() throws {
    var builder = Self.builder()
    builder.addTensor("rope_freqs.weight", ne: [2], filledWith: 8)
    let scaling = try Self.scaling(builder)
    #expect(scaling == .llama3(frequencyFactors: [8, 8]))
  }

  @Test func `YaRN takes its parameters from the file and the rest from the defaults`() throws {
    var builder = Self.builder()
    builder.add("llama.rope.scaling.type", "yarn")
    builder.add("llama.rope.scaling.factor", Float(16))
    builder.add("llama.rope.scaling.original_context_length", 4096)
    builder.add("llama.rope.scaling.yarn_beta_fast", Float(30))
    guard case .yarn(let yarn) = try Self.scaling(builder) else {
      Issue.record("the scaling is not YaRN")
      return
    }
    #expect(yarn.factor == 16)
    #expect(yarn.originalContext == 4096)
    #expect(yarn.betaFast == 30)
    #expect(yarn.betaSlow == 1)
    #expect(yarn.attentionFactor == 1)
    #expect(yarn.extrapolationFactor == 1)
  }

  @Test(arguments: [
    "block_count", "context_length", "embedding_length", "feed_forward_length",
    "attention.head_count",
  ])
  func `a missing or zero count is an error that names the key`(suffix: String) {
    let key = "llama." + suffix
    #expect(Self.refusal(Self.builder(omitting: key)).contains("no key \"\(key)\""))
    let zero = Self.refusal(Self.builder([suffix: 0]))
    #expect(zero.contains("\"\(key)\" is not usable: 0 is not between 1 and"))
  }

  @Test func `contradictions are errors that name the key`() {
    #expect(
      Self.refusal(Self.builder(["attention.head_count": 3]))
        .contains("3 heads do not divide the model's width 8"))
    #expect(
      Self.refusal(Self.builder(["attention.head_count_kv": 4]))
        .contains("\"llama.attention.head_count_kv\" is not usable: 4 does not divide"))
    #expect(
      Self.refusal(Self.builder(["block_count": 1000]))
        .contains("1000 blocks cannot come from 1 tensors"))
    #expect(
      Self.refusal(Self.builder(["embedding_length": 16]))
        .contains("\"token_embd.weight\" has shape [5, 8] where the configuration needs [5, 16]"))
    var vocabulary = Self.builder()
    vocabulary.add("llama.vocab_size", 6)
    #expect(Self.refusal(vocabulary).contains("6 differs from the 5 rows"))
    var rope = Self.builder()
    rope.add("llama.rope.dimension_count", 6)
    #expect(Self.refusal(rope).contains("6 is not an even number up to the head width 4"))
    var base = Self.builder()
    base.add("llama.rope.freq_base", Float.nan)
    #expect(Self.refusal(base).contains("nan is not a positive finite number"))
    var factors = Self.builder()
    factors.addTensor("rope_freqs.weight", ne: [2], filledWith: 0)
    #expect(Self.refusal(factors).contains("a factor is not a positive finite number"))
  }

  @Test func `what the engine would compute wrongly is refused`() {
    var other = GGUFBuilder()
    other.add("general.architecture", "mamba")
    #expect(
      Self.refusal(other).contains("architecture is \"mamba\"; use a model of a supported"))
    var experts = Self.builder()
    experts.add("llama.expert_count", 8)
    #expect(Self.refusal(experts).contains("mixture of 8 experts"))
    var bias = Self.builder()
    bias.addTensor("blk.0.ffn_gate.bias", ne: [12], filledWith: 0)
    #expect(Self.refusal(bias).contains("tensor \"blk.0.ffn_gate.bias\" is no part of"))
    var scaling = Self.builder()
    scaling.add("llama.rope.scaling.type", "longrope")
    #expect(Self.refusal(scaling).contains("of type \"longrope\""))
  }
}
