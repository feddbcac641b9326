/// Mistral 7B in Hugging Face's files; in GGUF it is a ``Llama``.
///
/// Source: transformers `models/mistral`.
enum Mistral: Architecture {
  static let ggufNames: [String] = []
  static let modelTypes = ["mistral"]
  static let names = TensorNames.standard

  /// transformers' value when config.json has no such key; null means no window.
  private static let defaultWindow = 4096

  static func config(_ model: ModelFiles) throws(CheckpointError) -> ModelConfig {
    let sizes = try Sizes(model, .statedKVHeads)
    var config = try ModelConfig.standard(model, sizes)
    let field = Fields.standard.window
    let stated = try model.fields.countIfPresent(field)
    let window = model.fields.statesNull(field) ? nil : stated ?? defaultWindow
    config.layerAttention = [LayerAttention](
      repeating: LayerAttention(window: window), count: sizes.nLayers)
    return config
  }
}
