/// GPT-NeoX and Pythia: LayerNorm, attention and MLP side by side, part of each head rotated.
///
/// Sources: transformers `models/gpt_neox`, llama.cpp `src/models/gptneox.cpp`, whose converter
/// stacks queries, keys and values. GGUF does not state the activation: Hugging Face's default is
/// taken, the exact GELU, where llama.cpp approximates it.
enum GPTNeoX: Architecture {
  static let ggufNames = ["gptneox"]
  static let modelTypes = ["gpt_neox"]

  static let names: TensorNames = {
    let fused = Names(
      TensorPlace("attn_qkv.weight", .stacked(.q, .k, .v)),
      TensorPlace("attention.query_key_value.weight", .groupedByKVHead(.q, .k, .v)))
    let fusedBias = Names(
      TensorPlace("attn_qkv.bias", .stacked(.qBias, .kBias, .vBias)),
      TensorPlace("attention.query_key_value.bias", .groupedByKVHead(.qBias, .kBias, .vBias)))
    return TensorNames(
      base: "gpt_neox.",
      blocks: Names("blk.", "gpt_neox.layers."),
      model: [
        .tokenEmbedding: Names("token_embd.weight", "gpt_neox.embed_in.weight"),
        .finalNorm: Names("output_norm.weight", "gpt_neox.final_layer_norm.weight"),
        .finalNormBias: Names("output_norm.bias", "gpt_neox.final_layer_norm.bias"),
        .unembedding: Names("output.weight", "embed_out.weight"),
      ],
      block: [
        .attnNorm: Names("attn_norm.weight", "input_layernorm.weight"),
        .attnNormBias: Names("attn_norm.bias", "input_layernorm.bias"),
        .q: fused, .k: fused, .v: fused,
        .qBias: fusedBias, .kBias: fusedBias, .vBias: fusedBias,
        .o: Names("attn_output.weight", "attention.dense.weight"),
        .oBias: Names("attn_output.bias", "attention.dense.bias"),
        .mlpNorm: Names("ffn_norm.weight", "post_attention_layernorm.weight"),
        .mlpNormBias: Names("ffn_norm.bias", "post_attention_layernorm.bias"),
        .up: Names("ffn_up.weight", "mlp.dense_h_to_4h.weight"),
        .upBias: Names("ffn_up.bias", "mlp.dense_h_to_4h.bias"),
        .down: Names("ffn_down.weight", "mlp.dense_4h_to_h.weight"),
        .downBias: Names("ffn_down.bias", "mlp.dense_4h_to_h.bias"),
      ],
      // transformers 5 saves the unembedding under its own name for it.
      alternatives: [.unembedding: "lm_head.weight"],
      ignoredEndings: [
        ".attention.bias", ".attention.masked_bias", ".attention.rotary_emb.inv_freq",
      ])
  }()

  static func config(_ model: ModelFiles) throws(CheckpointError) -> ModelConfig {
    var fields = Fields.standard
    fields.epsilon = Field(
      gguf: "attention.layer_norm_epsilon", huggingFace: "layer_norm_eps")
    let sizes = try Sizes(model, fields)
    var config = try ModelConfig.standard(
      model, sizes, fields, activation: .gelu,
      positions: .rotary([try rotary(model, sizes)]))
    config.norm.kind = .layer
    config.mlp.isGated = false
    config.blockTensors = ModelConfig.biasedBlock
    if try !model.fields.flag(Field(huggingFace: "attention_bias"), default: true) {
      config.blockTensors.subtract([.qBias, .kBias, .vBias, .oBias])
    }
    config.hasFinalNormBias = true
    config.isParallel = try isParallel(model)
    return config
  }

  private static func isParallel(_ model: ModelFiles) throws(CheckpointError) -> Bool {
    let field = Field(gguf: "use_parallel_residual", huggingFace: "use_parallel_residual")
    guard model.format == .huggingFace || model.fields.states(field) else {
      throw model.fields.missing(field, expected: "a boolean")
    }
    return try model.fields.flag(field, default: true)
  }

  private static func rotary(
    _ model: ModelFiles, _ sizes: Sizes
  ) throws(CheckpointError) -> Rotary {
    guard model.format == .huggingFace else {
      return try Rotary(model, dHead: sizes.dHead, nCtx: sizes.nCtx)
    }
    var reader = HuggingFaceRotaryReader(
      fields: model.fields, dHead: sizes.dHead, nCtx: sizes.nCtx)
    reader.baseKey = "rotary_emb_base"
    reader.fractionKey = "rotary_pct"
    reader.defaultFraction = 0.25
    return try reader.rotary()
  }
}
