/// GPT-2: learned positions, LayerNorm, weights stored `[inputs, outputs]` in Hugging Face's files.
///
/// Sources: transformers `models/gpt2`, llama.cpp's `gpt2`, whose converter transposes.
enum GPT2: Architecture {
  static let ggufNames = ["gpt2"]
  static let modelTypes = ["gpt2"]

  static let names: TensorNames = {
    let fused = Names(
      TensorPlace("attn_qkv.weight", .stacked(.q, .k, .v)),
      TensorPlace("attn.c_attn.weight", .transposedStack(.q, .k, .v)))
    let fusedBias = Names(
      TensorPlace("attn_qkv.bias", .stacked(.qBias, .kBias, .vBias)),
      TensorPlace("attn.c_attn.bias", .stacked(.qBias, .kBias, .vBias)))
    return TensorNames(
      base: "transformer.",
      blocks: Names("blk.", "transformer.h."),
      model: [
        .tokenEmbedding: Names("token_embd.weight", "transformer.wte.weight"),
        .positionEmbedding: Names("position_embd.weight", "transformer.wpe.weight"),
        .finalNorm: Names("output_norm.weight", "transformer.ln_f.weight"),
        .finalNormBias: Names("output_norm.bias", "transformer.ln_f.bias"),
        .unembedding: Names("output.weight", "lm_head.weight"),
      ],
      block: [
        .attnNorm: Names("attn_norm.weight", "ln_1.weight"),
        .attnNormBias: Names("attn_norm.bias", "ln_1.bias"),
        .q: fused, .k: fused, .v: fused,
        .qBias: fusedBias, .kBias: fusedBias, .vBias: fusedBias,
        .o: Names("attn_output.weight", TensorPlace("attn.c_proj.weight", .transposed)),
        .oBias: Names("attn_output.bias", "attn.c_proj.bias"),
        .mlpNorm: Names("ffn_norm.weight", "ln_2.weight"),
        .mlpNormBias: Names("ffn_norm.bias", "ln_2.bias"),
        .up: Names("ffn_up.weight", TensorPlace("mlp.c_fc.weight", .transposed)),
        .upBias: Names("ffn_up.bias", "mlp.c_fc.bias"),
        .down: Names("ffn_down.weight", TensorPlace("mlp.c_proj.weight", .transposed)),
        .downBias: Names("ffn_down.bias", "mlp.c_proj.bias"),
      ],
      ignoredEndings: [".attn.bias", ".attn.masked_bias"])
  }()

  private static let fields: Fields = {
    var fields = Fields.standard
    fields.nLayers = Field(gguf: "block_count", huggingFace: "n_layer")
    fields.dModel = Field(gguf: "embedding_length", huggingFace: "n_embd")
    fields.nHeads = Field(gguf: "attention.head_count", huggingFace: "n_head")
    fields.nKVHeads = Field(gguf: "attention.head_count_kv")
    fields.dHead = Field(gguf: "attention.key_length")
    fields.dMLP = Field(gguf: "feed_forward_length", huggingFace: "n_inner")
    fields.nCtx = Field(gguf: "context_length", huggingFace: "n_positions")
    fields.epsilon = Field(
      gguf: "attention.layer_norm_epsilon", huggingFace: "layer_norm_epsilon")
    fields.activation = Field(huggingFace: "activation_function")
    return fields
  }()

  static func config(_ model: ModelFiles) throws(CheckpointError) -> ModelConfig {
    try model.refuseIfSet("scale_attn_by_inverse_layer_idx", "scores scaled by layer")
    try model.refuseIfSet("add_cross_attention", "layers of cross-attention")
    let sizes = try Sizes(model, fields, mlpRatio: model.format == .huggingFace ? 4 : nil)
    var config = try ModelConfig.standard(
      model, sizes, fields, activation: .geluTanh, tied: true, positions: .learned)
    config.norm.kind = .layer
    config.mlp.isGated = false
    config.blockTensors = ModelConfig.biasedBlock
    config.hasFinalNormBias = true
    if try !model.fields.flag(Field(huggingFace: "scale_attn_weights"), default: true) {
      config.attentionScale = 1
    }
    return config
  }
}
