/// Phi-3, Phi-3.5 and Phi-4 (mini): fused projections, LongRoPE.
///
/// Sources: transformers `models/phi3`, llama.cpp `src/models/phi3.cpp`. llama.cpp switches the
/// sliding window off; here the window that the file states is used, as transformers does.
enum Phi3: Architecture {
  static let ggufNames = ["phi3"]
  static let modelTypes = ["phi3"]

  static let names: TensorNames = {
    let qkv = Names(
      TensorPlace("attn_qkv.weight", .stacked(.q, .k, .v)),
      TensorPlace("self_attn.qkv_proj.weight", .stacked(.q, .k, .v)))
    let gateUp = Names(
      TensorPlace("ffn_up.weight", .stacked(.gate, .up)),
      TensorPlace("mlp.gate_up_proj.weight", .stacked(.gate, .up)))
    var names = TensorNames.standard.replacing([
      .q: qkv, .k: qkv, .v: qkv, .gate: gateUp, .up: gateUp,
    ])
    names.auxiliary = ["rope_factors_long.weight", "rope_factors_short.weight"]
    return names
  }()

  /// transformers' value of `original_max_position_embeddings` when it is absent.
  private static let defaultOriginalContext = 4096

  static func config(_ model: ModelFiles) throws(CheckpointError) -> ModelConfig {
    let sizes = try Sizes(model)
    var config = try ModelConfig.standard(
      model, sizes, positions: .rotary([try rotary(model, sizes)]))
    // GGUF files state a window of 0 for none.
    if let window = try model.fields.integerIfPresent(Fields.standard.window), window != 0 {
      let checked = try model.fields.count(Fields.standard.window)
      config.layerAttention = [LayerAttention](
        repeating: LayerAttention(window: checked), count: sizes.nLayers)
    }
    return config
  }

  private static func rotary(
    _ model: ModelFiles, _ sizes: Sizes
  ) throws(CheckpointError) -> Rotary {
    guard model.format == .huggingFace else {
      return try Rotary(model, dHead: sizes.dHead, nCtx: sizes.nCtx)
    }
    var reader = HuggingFaceRotaryReader(
      fields: model.fields, dHead: sizes.dHead, nCtx: sizes.nCtx)
    // Earlier names of the same rule, which transformers accepts too.
    reader.longRopeNames = ["longrope", "su", "yarn"]
    reader.defaultOriginalContext = defaultOriginalContext
    return try reader.rotary()
  }
}
