extension ModelConfig {
  /// The weights of a block with a gated MLP and no biases.
  static let gatedBlock: Set<BlockTensor> = [
    .attnNorm, .q, .k, .v, .o, .mlpNorm, .gate, .up, .down,
  ]
  /// The tensors of a block with LayerNorm, a plain MLP and biases everywhere.
  static let biasedBlock: Set<BlockTensor> = [
    .attnNorm, .attnNormBias, .q, .k, .v, .qBias, .kBias, .vBias, .o, .oBias,
    .mlpNorm, .mlpNormBias, .up, .upBias, .down, .downBias,
  ]

  /// What Llama and its relatives have in common; architectures change what differs.
  static func standard(
    _ model: ModelFiles, _ sizes: Sizes, _ names: Fields = .standard,
    activation: MLP.Activation = .silu, tied: Bool = false, positions: PositionEncoding? = nil
  ) throws(CheckpointError) -> ModelConfig {
    try model.refuseExperts(names)
    var encoding = positions
    if encoding == nil {
      encoding = .rotary([try Rotary(model, dHead: sizes.dHead, nCtx: sizes.nCtx)])
    }
    return ModelConfig(
      architecture: model.architecture,
      nLayers: sizes.nLayers, dModel: sizes.dModel, nHeads: sizes.nHeads,
      nKVHeads: sizes.nKVHeads, dHead: sizes.dHead, dMLP: sizes.dMLP,
      dVocab: try model.vocabularySize(dModel: sizes.dModel, names),
      nCtx: sizes.nCtx,
      norm: Norm(
        kind: .rms,
        epsilon: try model.epsilon(
          names.epsilon, default: model.format == .huggingFace ? names.defaultEpsilon : nil)),
      mlp: MLP(
        isGated: true, activation: try model.activation(names.activation, default: activation)),
      attentionScale: 1 / Float(sizes.dHead).squareRoot(),
      embeddingScale: 1,
      isParallel: false,
      positions: encoding ?? .learned,
      layerAttention: [LayerAttention](repeating: LayerAttention(), count: sizes.nLayers),
      blockTensors: gatedBlock,
      hasFinalNormBias: false,
      tiedUnembedding: try model.tiesUnembedding(default: tied))
  }

  /// Makes the layers that `types` calls sliding see `window` tokens, by rule `rotary`.
  mutating func slide(_ types: [AttentionType], window: Int?, rotary: Int = 0) {
    for (layer, type) in types.enumerated() where type == .sliding {
      layerAttention[layer] = LayerAttention(window: window, rotary: rotary)
    }
  }

  /// The rule of the first layer's rotation.
  var firstRotary: Rotary? {
    guard case .rotary(let rules) = positions else { return nil }
    return rules.first
  }
}

extension ModelConfig {
  /// The count of outputs of a weight, or of numbers of a vector.
  func outputs(of role: TensorRole) -> Int {
    switch role {
    case .tokenEmbedding, .unembedding: dVocab
    case .positionEmbedding: nCtx
    case .finalNorm, .finalNormBias: dModel
    case .block(_, let tensor): outputs(of: tensor)
    }
  }

  func outputs(of tensor: BlockTensor) -> Int {
    switch tensor {
    case .q, .qBias: nHeads * dHead
    case .k, .kBias, .v, .vBias: nKVHeads * dHead
    case .qNorm, .kNorm: dHead
    case .gate, .up, .upBias: dMLP
    case .o, .down, .oBias, .downBias: dModel
    case .attnNorm, .attnNormBias, .attnPostNorm: dModel
    case .mlpNorm, .mlpNormBias, .mlpPostNorm: dModel
    }
  }

  /// The count of inputs of a weight; nil for a vector.
  func inputs(of role: TensorRole) -> Int? {
    switch role {
    case .tokenEmbedding, .unembedding, .positionEmbedding: dModel
    case .finalNorm, .finalNormBias: nil
    case .block(_, let tensor):
      switch tensor {
      case .q, .k, .v, .gate, .up: dModel
      case .o: nHeads * dHead
      case .down: dMLP
      default: nil
      }
    }
  }
}
