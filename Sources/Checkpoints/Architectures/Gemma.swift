/// Gemma 1: scaled embeddings, norms stored as offsets from 1, GELU.
///
/// Sources: transformers `models/gemma`, llama.cpp's `gemma`, whose converter adds the 1.
enum Gemma: Architecture {
  static let ggufNames = ["gemma"]
  static let modelTypes = ["gemma"]
  static let names = TensorNames.standard

  /// transformers' value when config.json does not state `head_dim`.
  static let defaultHeadWidth = 256

  static func config(_ model: ModelFiles) throws(CheckpointError) -> ModelConfig {
    var config = try standard(model)
    // Google's first files say gelu but were trained with the approximation; transformers knows.
    if config.mlp.activation == .gelu { config.mlp.activation = .geluTanh }
    return config
  }

  /// What all Gemmas have in common.
  static func standard(
    _ model: ModelFiles, _ fields: Fields = .statedKVHeads, activation: String = "hidden_act",
    positions: PositionEncoding? = nil
  ) throws(CheckpointError) -> ModelConfig {
    try model.refuseIfSet("use_bidirectional_attention", "attention to later tokens")
    var fields = fields
    fields.activation = Field(huggingFace: activation)
    let sizes = try Sizes(model, fields, dHead: defaultHeadWidth)
    var config = try ModelConfig.standard(
      model, sizes, fields, activation: .geluTanh, tied: true, positions: positions)
    config.norm.weightOffset = model.format == .huggingFace ? 1 : 0
    config.embeddingScale = Float(Double(config.dModel).squareRoot())
    if model.format == .huggingFace {
      config.blockTensors.formUnion(try model.attentionBiases())
    }
    return config
  }
}
