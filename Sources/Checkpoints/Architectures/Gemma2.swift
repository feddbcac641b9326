/// Gemma 2: norms after attention and MLP too, soft caps, every second layer local.
///
/// Sources: transformers `models/gemma2`, llama.cpp `src/models/gemma2.cpp`.
enum Gemma2: Architecture {
  static let ggufNames = ["gemma2"]
  static let modelTypes = ["gemma2"]

  static let names = TensorNames.standard.replacing([
    .attnPostNorm: Names("post_attention_norm.weight", "post_attention_layernorm.weight"),
    .mlpNorm: Names("ffn_norm.weight", "pre_feedforward_layernorm.weight"),
    .mlpPostNorm: Names("post_ffw_norm.weight", "post_feedforward_layernorm.weight"),
  ])

  // The values of transformers and of llama.cpp when a file does not state them.
  private static let defaultWindow = 4096
  private static let defaultAttentionCap = 50.0
  private static let defaultLogitCap = 30.0
  /// The block count of Gemma 2 27B.
  private static let layersOf27B = 46

  static func config(_ model: ModelFiles) throws(CheckpointError) -> ModelConfig {
    var config = try Gemma.standard(model, activation: "hidden_activation")
    config.blockTensors.formUnion([.attnPostNorm, .mlpPostNorm])
    let attentionCap = Field(
      gguf: "attn_logit_softcapping", huggingFace: "attn_logit_softcapping")
    config.attentionSoftcap = try model.fields.positiveOrNone(
      attentionCap, whenAbsent: defaultAttentionCap
    ).map { Float($0) }
    config.logitSoftcap = try model.fields.positiveOrNone(
      logitCap, whenAbsent: defaultLogitCap
    ).map { Float($0) }
    config.attentionScale = try attentionScale(model, config, layersOf27B: layersOf27B)
    let stated = try model.fields.countIfPresent(Fields.standard.window)
    let types = try model.attentionTypes(nLayers: config.nLayers) { $0 % 2 == 0 }
    config.slide(types, window: stated ?? defaultWindow)
    return config
  }

  static let logitCap = Field(
    gguf: "final_logit_softcapping", huggingFace: "final_logit_softcapping")

  /// 1 / sqrt(query_pre_attn_scalar).
  ///
  /// GGUF does not state that number; as in llama.cpp, it is dModel / nHeads for the 27B model,
  /// known by its block count, and dHead for all others.
  static func attentionScale(
    _ model: ModelFiles, _ config: ModelConfig, layersOf27B: Int
  ) throws(CheckpointError) -> Float {
    let scalar: Double
    switch model.format {
    case .gguf:
      let is27B = config.nLayers == layersOf27B
      scalar = is27B ? Double(config.dModel) / Double(config.nHeads) : Double(config.dHead)
    case .huggingFace:
      scalar = try model.fields.positive(
        Field(huggingFace: "query_pre_attn_scalar"), default: 256)
    }
    return Float(1 / scalar.squareRoot())
  }
}
