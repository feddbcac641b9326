/// InternLM2 and 2.5: queries, keys and values fused by key-value head.
///
/// Sources: `modeling_internlm2.py` in the models' repositories, llama.cpp's `internlm2`, whose
/// converter splits the fused tensor and permutes queries and keys as for llama.
enum InternLM2: Architecture {
  static let ggufNames = ["internlm2"]
  static let modelTypes = ["internlm2"]

  static let names: TensorNames = {
    let fused = TensorPlace("attention.wqkv.weight", .groupedByKVHead(.q, .k, .v))
    let fusedBias = TensorPlace("attention.wqkv.bias", .groupedByKVHead(.qBias, .kBias, .vBias))
    return TensorNames(
      model: [
        .tokenEmbedding: Names("token_embd.weight", "model.tok_embeddings.weight"),
        .finalNorm: Names("output_norm.weight", "model.norm.weight"),
        .unembedding: Names("output.weight", "output.weight"),
      ],
      block: [
        .attnNorm: Names("attn_norm.weight", "attention_norm.weight"),
        .q: Names(TensorPlace("attn_q.weight", .interleavedPairs), fused),
        .k: Names(TensorPlace("attn_k.weight", .interleavedPairs), fused),
        .v: Names("attn_v.weight", fused),
        .qBias: Names(nil, fusedBias),
        .kBias: Names(nil, fusedBias),
        .vBias: Names(nil, fusedBias),
        .o: Names("attn_output.weight", "attention.wo.weight"),
        .oBias: Names(nil, "attention.wo.bias"),
        .mlpNorm: Names("ffn_norm.weight", "ffn_norm.weight"),
        .gate: Names("ffn_gate.weight", "feed_forward.w1.weight"),
        .up: Names("ffn_up.weight", "feed_forward.w3.weight"),
        .down: Names("ffn_down.weight", "feed_forward.w2.weight"),
      ])
  }()

  static func config(_ model: ModelFiles) throws(CheckpointError) -> ModelConfig {
    var config = try ModelConfig.standard(model, Sizes(model))
    config.blockTensors.formUnion(try model.attentionBiases(flag: "bias", default: true))
    return config
  }
}
