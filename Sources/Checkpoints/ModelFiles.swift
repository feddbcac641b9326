import StrictJSON

/// What an architecture reads its configuration from.
struct ModelFiles: Sendable {
  /// The architecture's name in the file.
  let architecture: String
  let fields: Hyperparameters
  /// Those of all of a model of which `fields` describe the text part; else the same.
  let wholeFields: Hyperparameters
  let tensors: any TensorSource
  /// The architecture's tensor names, as this file spells them.
  let names: TensorNames

  var format: FileFormat { fields.format }
  var path: String { tensors.path }

  func has(_ role: TensorRole) -> Bool {
    names.place(of: role, in: format).map { tensors.has($0.name) } ?? false
  }
}

extension ModelFiles {
  /// The rows of the token embedding, which config.json may state too.
  func vocabularySize(
    dModel: Int, _ keys: Fields = .standard
  ) throws(CheckpointError) -> Int {
    guard let name = names.place(of: .tokenEmbedding, in: format)?.name,
      let shape = tensors.shape(ofTensor: name)
    else {
      throw .missingTensor(
        path: path, tensor: names.place(of: .tokenEmbedding, in: format)?.name ?? "")
    }
    let rows = shape[0]
    guard shape == [rows, dModel], rows <= Hyperparameters.largestCount else {
      throw .wrongShape(path: path, tensor: name, expected: [rows, dModel], found: shape)
    }
    if let stated = try fields.countIfPresent(keys.dVocab), stated != rows {
      throw fields.invalid(
        keys.dVocab, "\(stated) differs from the \(rows) rows of tensor \(name)")
    }
    return rows
  }

  func epsilon(_ field: Field, default: Double? = nil) throws(CheckpointError) -> Float {
    let epsilon = try fields.positive(field, default: `default`)
    let rounded = Float(epsilon)
    guard rounded > 0, rounded < 1 else {
      throw fields.invalid(field, "\(epsilon) is not in (0, 1)")
    }
    return rounded
  }

  /// Translates transformers' name of an activation; GGUF does not state it.
  func activation(
    _ field: Field, default: MLP.Activation
  ) throws(CheckpointError) -> MLP.Activation {
    switch try fields.textIfPresent(field) {
    case nil: return `default`
    case "silu", "swish": return .silu
    case "gelu": return .gelu
    case "gelu_new", "gelu_pytorch_tanh", "gelu_fast": return .geluTanh
    case .some(let other):
      throw .unsupported(
        path: fields.path, what: "its activation function is \(quoted(other))",
        remedy: "use a model with silu, gelu or gelu_pytorch_tanh")
    }
  }

  /// Whether the token embedding unembeds: when there is no tensor of its own for that.
  ///
  /// Like transformers, a stored unembedding is used even if config.json says that it is tied.
  func tiesUnembedding(default: Bool) throws(CheckpointError) -> Bool {
    guard !has(.unembedding) else { return false }
    let field = Field(huggingFace: "tie_word_embeddings")
    let isTied = try fields.flag(field, default: `default`)
    let isWholeTied = try wholeFields.flag(field, default: false)
    guard format == .gguf || isTied || isWholeTied else {
      guard let missing = names.place(of: .unembedding, in: format)?.name else {
        throw .unsupported(
          path: path,
          what: "it has an unembedding but no token embedding, and \(fields.name(of: field)) does "
            + "not say that they are the same",
          remedy: "download the model again")
      }
      throw .missingTensor(path: path, tensor: missing)
    }
    return true
  }

  func refuseExperts(_ keys: Fields = .standard) throws(CheckpointError) {
    let experts = try fields.integerIfPresent(keys.experts) ?? 0
    guard experts == 0 else {
      throw .unsupported(
        path: fields.path, what: "it is a mixture of \(experts) experts",
        remedy: "use a model with one MLP per block")
    }
  }

  /// Refuses a model whose config.json sets the flag `key`.
  func refuseIfSet(_ key: String, _ what: String) throws(CheckpointError) {
    guard try fields.flag(Field(huggingFace: key), default: false) else { return }
    throw .unsupported(
      path: fields.path, what: "its \(quoted(key)) asks for \(what), which are not supported",
      remedy: "use a model without them")
  }
}

/// What transformers' `layer_types` calls a layer's attention.
enum AttentionType: String, Sendable {
  case full = "full_attention"
  case sliding = "sliding_attention"
}

extension ModelFiles {
  /// The attention type of each layer: `layer_types`, or else what `isSliding` says of its index.
  func attentionTypes(
    nLayers: Int, default isSliding: (Int) -> Bool
  ) throws(CheckpointError) -> [AttentionType] {
    guard let texts = try fields.textsIfPresent("layer_types") else {
      return (0..<nLayers).map { isSliding($0) ? .sliding : .full }
    }
    let types = texts.compactMap(AttentionType.init)
    guard types.count == texts.count, types.count == nLayers else {
      throw fields.invalid(
        Field(huggingFace: "layer_types"),
        "it is not full_attention or sliding_attention for each of \(nLayers) layers")
    }
    return types
  }

  /// GGUF says by the tensors, config.json by a flag, which attention projections have a bias.
  func attentionBiases(
    flag: String = "attention_bias", default: Bool = false
  ) throws(CheckpointError) -> [BlockTensor] {
    let biases: [BlockTensor] = [.qBias, .kBias, .vBias, .oBias]
    switch format {
    case .huggingFace:
      return try fields.flag(Field(huggingFace: flag), default: `default`) ? biases : []
    case .gguf: return biases.filter { has(.block(0, $0)) }
    }
  }
}
