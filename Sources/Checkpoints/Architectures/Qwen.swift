/// Qwen2 and Qwen2.5: biases on queries, keys and values.
///
/// Sources: transformers `models/qwen2`, llama.cpp's `qwen2`, which has no windows.
enum Qwen2: Architecture {
  static let ggufNames = ["qwen2"]
  static let modelTypes = ["qwen2"]
  static let names = TensorNames.standard

  static func config(_ model: ModelFiles) throws(CheckpointError) -> ModelConfig {
    var config = try ModelConfig.standard(model, Sizes(model, .statedKVHeads))
    config.blockTensors.formUnion([.qBias, .kBias, .vBias])
    try slide(&config, model)
    return config
  }

  /// Windows on the layers from `max_window_layers` on, when `use_sliding_window` is set.
  static func slide(
    _ config: inout ModelConfig, _ model: ModelFiles
  ) throws(CheckpointError) {
    let uses = Field(huggingFace: "use_sliding_window")
    guard try model.fields.flag(uses, default: false) else { return }
    let window = try model.fields.count(Fields.standard.window)
    let first = Field(huggingFace: "max_window_layers")
    guard let firstWindow = try model.fields.integerIfPresent(first) else {
      throw model.fields.missing(first, expected: "an integer")
    }
    let types = try model.attentionTypes(nLayers: config.nLayers) { $0 >= firstWindow }
    config.slide(types, window: window)
  }
}

/// Qwen3: norms over each query and key head, no biases unless config.json says so.
///
/// Sources: transformers `models/qwen3`, llama.cpp's `qwen3`.
enum Qwen3: Architecture {
  static let ggufNames = ["qwen3"]
  static let modelTypes = ["qwen3"]
  static let names = TensorNames.standard

  /// transformers' value when config.json does not state `head_dim`.
  private static let defaultHeadWidth = 128

  static func config(_ model: ModelFiles) throws(CheckpointError) -> ModelConfig {
    let sizes = try Sizes(model, .statedKVHeads, dHead: defaultHeadWidth)
    var config = try ModelConfig.standard(model, sizes)
    config.blockTensors.formUnion([.qNorm, .kNorm])
    config.blockTensors.formUnion(try model.attentionBiases())
    try Qwen2.slide(&config, model)
    return config
  }
}
