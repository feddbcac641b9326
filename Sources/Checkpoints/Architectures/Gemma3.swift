/// Gemma 3, the text model: five local layers, with a rotation of their own, for each global one.
///
/// Sources: transformers `models/gemma3`, llama.cpp `src/models/gemma3.cpp`.
enum Gemma3: Architecture {
  static let ggufNames = ["gemma3"]
  static let modelTypes = ["gemma3_text"]
  static let names = Gemma2.names

  // The values of transformers and of llama.cpp when a file does not state them.
  private static let defaultPeriod = 6
  private static let defaultWindow = 4096
  private static let defaultGlobalBase = 1_000_000.0
  private static let defaultLocalBase = 10_000.0
  /// The block count of Gemma 3 27B.
  private static let layersOf27B = 62

  /// Indices of the rotations.
  private static let globalRotation = 0
  private static let localRotation = 1

  /// What the text part of Google's own multimodal files leaves out.
  private static let fields = {
    var fields = Fields.statedKVHeads
    (fields.defaultHeads, fields.defaultKVHeads) = (8, 4)
    fields.defaultContext = 131_072
    fields.defaultEpsilon = 1e-6
    return fields
  }()

  static func config(_ model: ModelFiles) throws(CheckpointError) -> ModelConfig {
    let sizes = try Sizes(model, fields, dHead: Gemma.defaultHeadWidth)
    var config = try Gemma.standard(
      model, fields, activation: "hidden_activation",
      positions: .rotary(try rotations(model, sizes)))
    config.blockTensors.formUnion([.qNorm, .kNorm, .attnPostNorm, .mlpPostNorm])
    config.logitSoftcap = try model.fields.positiveIfPresent(Gemma2.logitCap).map { Float($0) }
    config.attentionScale = try Gemma2.attentionScale(model, config, layersOf27B: layersOf27B)
    let period = try period(model)
    let types = try model.attentionTypes(nLayers: config.nLayers) { ($0 + 1) % period != 0 }
    if let window = try window(model) {
      config.slide(types, window: window, rotary: localRotation)
    }
    return config
  }

  private static func period(_ model: ModelFiles) throws(CheckpointError) -> Int {
    let field = Field(
      gguf: "attention.sliding_window_pattern", huggingFace: "sliding_window_pattern")
    return try model.fields.countIfPresent(field) ?? defaultPeriod
  }

  /// llama.cpp takes all layers as global when a GGUF file states no window.
  private static func window(_ model: ModelFiles) throws(CheckpointError) -> Int? {
    let stated = try model.fields.countIfPresent(Fields.standard.window)
    return stated ?? (model.format == .huggingFace ? defaultWindow : nil)
  }

  /// The global and the local rule, in this order.
  private static func rotations(
    _ model: ModelFiles, _ sizes: Sizes
  ) throws(CheckpointError) -> [Rotary] {
    switch model.format {
    case .gguf:
      let global = try Rotary(model, dHead: sizes.dHead, nCtx: sizes.nCtx)
      let base = try model.fields.positive(
        Field(gguf: "rope.freq_base_swa"), default: defaultLocalBase)
      return [global, Rotary(base: base, dimensions: global.dimensions, scaling: .none)]
    case .huggingFace:
      let parameters = try model.fields.objectIfPresent("rope_parameters")
      let older = try model.fields.objectIfPresent("rope_scaling")
      let newer = try parameters?.objectIfPresent("full_attention")
      let local = try parameters?.objectIfPresent("sliding_attention")
      var reader = HuggingFaceRotaryReader(
        fields: model.fields, dHead: sizes.dHead, nCtx: sizes.nCtx)
      reader.defaultBase = defaultGlobalBase
      let global = try reader.rotary(older ?? newer)
      reader.baseKey = "rope_local_base_freq"
      reader.defaultBase = defaultLocalBase
      return [global, try reader.rotary(local)]
    }
  }
}
