import StrictJSON

/// Tensors of a file, given out by role in the engine's arrangement.
struct ArrangedModel: Sendable {
  let source: TextPart
  let format: FileFormat
  let names: TensorNames
  let config: ModelConfig

  init(
    _ source: any TensorSource, fields: Hyperparameters, wholeFields: Hyperparameters? = nil,
    architecture name: String
  ) throws(CheckpointError) {
    let architecture = try Architectures.named(name, in: fields.format, path: fields.path)
    let source = TextPart(source, format: fields.format)
    let names = architecture.names.spelled(asIn: source, format: fields.format)
    let model = ModelFiles(
      architecture: name, fields: fields, wholeFields: wholeFields ?? fields, tensors: source,
      names: names)
    self.source = source
    self.names = names
    format = fields.format
    config = try architecture.config(model)
    try refuseUnknownTensors()
  }

  var leftOut: [String] { source.leftOut }

  func weight(_ role: TensorRole) throws(CheckpointError) -> any Weight {
    guard let place = names.place(of: role, in: format) else {
      throw .missingTensor(path: source.path, tensor: "\(role)")
    }
    return try Self.weight(
      source.tensor(named: place.name), role, place.arrangement, config, path: source.path)
  }

  /// The weight that a tensor of the file at `path` holds in an arrangement.
  static func weight(
    _ tensor: Tensor, _ role: TensorRole, _ arrangement: Arrangement, _ config: ModelConfig,
    path: String
  ) throws(CheckpointError) -> any Weight {
    func check(_ expected: [Int]) throws(CheckpointError) {
      guard tensor.shape == expected else {
        throw .wrongShape(path: path, tensor: tensor.name, expected: expected, found: tensor.shape)
      }
    }
    let storedOutputs = arrangement.storedOutputs(of: role, config: config)
    let map = arrangement.rowMap(of: role, config: config)
    guard let inputs = config.inputs(of: role) else {
      try check([storedOutputs])
      return VectorWeight(tensor: tensor, elements: map)
    }
    if arrangement.isTransposed {
      try check([inputs, storedOutputs])
      return TransposedWeight(tensor: tensor, columns: map)
    }
    try check([storedOutputs, inputs])
    return TensorWeight(tensor: tensor, rows: map)
  }

  /// A tensor that the forward pass does not know, such as a bias, would be left out in silence.
  private func refuseUnknownTensors() throws(CheckpointError) {
    var known = names.auxiliary
    for role in config.roles {
      if let place = names.place(of: role, in: format) { known.insert(place.name) }
    }
    for name in source.tensorNames where !known.contains(name) {
      guard !names.ignoredEndings.contains(where: name.hasSuffix) else { continue }
      throw .unsupported(
        path: source.path,
        what: "its tensor \(quoted(name)) is no part of a \(config.architecture) model of "
          + "\(config.nLayers) blocks",
        remedy: "use a model without additional tensors such as biases")
    }
  }
}

extension ModelConfig {
  /// The roles of all weights that the engine reads.
  package var roles: [TensorRole] {
    var roles: [TensorRole] = [.tokenEmbedding, .finalNorm]
    if hasFinalNormBias { roles.append(.finalNormBias) }
    if positions == .learned { roles.append(.positionEmbedding) }
    if !tiedUnembedding { roles.append(.unembedding) }
    for layer in 0..<nLayers { roles += blockTensors.map { .block(layer, $0) } }
    return roles
  }
}

extension TensorNames {
  /// Leaves out the base model's prefix when a Hugging Face file does.
  func spelled(asIn source: any TensorSource, format: FileFormat) -> TensorNames {
    guard format == .huggingFace else { return self }
    var names = self
    for (role, alternative) in alternatives where source.has(alternative) {
      names.model[role] = Names(model[role]?.gguf, TensorPlace(alternative, .whole))
    }
    let hasBase = source.tensorNames.contains { $0.hasPrefix(base) }
    return (hasBase ? names : names.removingBase()).sharingEmbedding(asIn: source)
  }

  /// Takes the unembedding for the embedding where a file has only that: safetensors keeps tied
  /// tensors under one of their names, and may choose either.
  private func sharingEmbedding(asIn source: any TensorSource) -> TensorNames {
    var names = self
    guard let embedding = names.place(of: .tokenEmbedding, in: .huggingFace),
      let unembedding = names.place(of: .unembedding, in: .huggingFace),
      !source.has(embedding.name), source.has(unembedding.name)
    else { return self }
    names.model[.tokenEmbedding] = Names(nil, unembedding)
    names.model[.unembedding] = nil
    return names
  }

  /// The names in files of the base model alone.
  func removingBase() -> TensorNames {
    var names = self
    names.blocks = blocks.removing(prefix: base)
    names.model = model.mapValues { $0.removing(prefix: base) }
    return names
  }
}

extension Names {
  fileprivate func removing(prefix: String) -> Names {
    guard var place = huggingFace, place.name.hasPrefix(prefix) else { return self }
    place.name.removeFirst(prefix.count)
    return Names(gguf, place)
  }
}
