/// The keys that most architectures share; an architecture with others passes its own.
struct Fields: Sendable {
  var nLayers = Field(gguf: "block_count", huggingFace: "num_hidden_layers")
  var dModel = Field(gguf: "embedding_length", huggingFace: "hidden_size")
  var nHeads = Field(gguf: "attention.head_count", huggingFace: "num_attention_heads")
  var nKVHeads = Field(gguf: "attention.head_count_kv", huggingFace: "num_key_value_heads")
  var dHead = Field(gguf: "attention.key_length", huggingFace: "head_dim")
  var dValue = Field(gguf: "attention.value_length")
  var dMLP = Field(gguf: "feed_forward_length", huggingFace: "intermediate_size")
  var nCtx = Field(gguf: "context_length", huggingFace: "max_position_embeddings")
  var dVocab = Field(gguf: "vocab_size", huggingFace: "vocab_size")
  var epsilon = Field(gguf: "attention.layer_norm_rms_epsilon", huggingFace: "rms_norm_eps")
  var activation = Field(huggingFace: "hidden_act")
  var window = Field(gguf: "attention.sliding_window", huggingFace: "sliding_window")
  var experts = Field(gguf: "expert_count", huggingFace: "num_local_experts")

  /// Whether transformers takes as many key-value heads as heads when config.json states none.
  var impliesKVHeads = true

  // transformers' values for what config.json leaves out.
  var defaultHeads: Int?
  var defaultKVHeads: Int?
  var defaultContext: Int?
  var defaultEpsilon: Double?

  static let standard = Fields()
  static let statedKVHeads = Fields(impliesKVHeads: false)
}

/// The sizes of a model, checked against each other.
struct Sizes: Sendable {
  let nLayers, dModel, nHeads, nKVHeads, dHead, dMLP, nCtx: Int

  /// Reads the sizes; `dHead` and `mlpRatio` give those that transformers has defaults for.
  init(
    _ model: ModelFiles, _ names: Fields = .standard, dHead defaultHead: Int? = nil,
    mlpRatio: Int? = nil
  ) throws(CheckpointError) {
    let fields = model.fields
    nLayers = try fields.count(names.nLayers)
    let tensorCount = model.tensors.tensorNames.count
    guard nLayers <= tensorCount else {
      throw fields.invalid(
        names.nLayers, "\(nLayers) blocks cannot come from \(tensorCount) tensors")
    }
    dModel = try fields.count(names.dModel)
    let isHuggingFace = fields.format == .huggingFace
    nHeads = try fields.count(names.nHeads, default: isHuggingFace ? names.defaultHeads : nil)
    dHead = try Self.headWidth(
      fields, names, dModel: dModel, nHeads: nHeads,
      default: isHuggingFace ? defaultHead : nil)
    if names.impliesKVHeads || !isHuggingFace {
      nKVHeads = try fields.count(names.nKVHeads, default: nHeads)
    } else {
      nKVHeads = try fields.count(names.nKVHeads, default: names.defaultKVHeads)
    }
    guard nHeads % nKVHeads == 0 else {
      throw fields.invalid(
        names.nKVHeads, "\(nKVHeads) does not divide the \(nHeads) query heads")
    }
    if let mlpRatio, try fields.countIfPresent(names.dMLP) == nil {
      dMLP = mlpRatio * dModel
    } else {
      dMLP = try fields.count(names.dMLP)
    }
    nCtx = try fields.count(names.nCtx, default: isHuggingFace ? names.defaultContext : nil)
  }

  private static func headWidth(
    _ fields: Hyperparameters, _ names: Fields, dModel: Int, nHeads: Int, default: Int?
  ) throws(CheckpointError) -> Int {
    guard let width = try fields.countIfPresent(names.dHead) ?? `default` else {
      guard dModel % nHeads == 0 else {
        throw fields.invalid(
          names.nHeads, "\(nHeads) heads do not divide the model's width \(dModel)")
      }
      return dModel / nHeads
    }
    guard width.multipliedReportingOverflow(by: nHeads).partialValue <= Hyperparameters.largestCount
    else {
      throw fields.invalid(names.dHead, "\(nHeads) heads of width \(width) are impossibly large")
    }
    if let valueWidth = try fields.countIfPresent(names.dValue), valueWidth != width {
      throw fields.invalid(names.dValue, "\(valueWidth) differs from the key length \(width)")
    }
    return width
  }
}
