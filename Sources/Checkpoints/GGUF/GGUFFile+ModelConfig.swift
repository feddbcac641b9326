/// Hyperparameters from GGUF metadata.
extension GGUFFile {
  /// Reads and checks the hyperparameters of a `llama` model.
  public func modelConfig() throws(CheckpointError) -> ModelConfig {
    let architecture = try metadata.string(for: "general.architecture")
    guard architecture == "llama" else {
      throw .unsupported(
        path: path, what: "its architecture is \(quoted(architecture))",
        remedy: "use a model of a supported architecture: llama")
    }
    return try LlamaMetadata(file: self).config()
  }
}

/// Reads the metadata keys that start with `llama.`.
private struct LlamaMetadata {
  let file: GGUFFile

  /// llama.cpp's default when the key is absent; the base of the original RoPE paper.
  private static let defaultRopeBase = 10_000.0
  /// Counts beyond this are damage, and products of two counts below it cannot overflow.
  private static let largestCount = Int(Int32.max)

  func config() throws(CheckpointError) -> ModelConfig {
    try refuseMixtureOfExperts()
    let nLayers = try layerCount()
    try refuseUnknownTensors(nLayers: nLayers)
    let dModel = try count("embedding_length")
    let nHeads = try count("attention.head_count")
    let dHead = try headWidth(dModel: dModel, nHeads: nHeads)
    let ropeDimensionCount = try ropeDimensionCount(dHead: dHead)
    return ModelConfig(
      architecture: "llama",
      nLayers: nLayers,
      dModel: dModel,
      nHeads: nHeads,
      nKVHeads: try keyValueHeadCount(nHeads: nHeads),
      dHead: dHead,
      dMLP: try count("feed_forward_length"),
      dVocab: try vocabularySize(dModel: dModel),
      nCtx: try count("context_length"),
      rmsNormEpsilon: try epsilon(),
      ropeBase: try positive("rope.freq_base", default: Self.defaultRopeBase),
      ropeDimensionCount: ropeDimensionCount,
      ropeScaling: try ropeScaling(dimensionCount: ropeDimensionCount),
      ropePairing: .interleaved,
      tiedUnembedding: !has(.unembedding))
  }

  private func refuseMixtureOfExperts() throws(CheckpointError) {
    let experts = try file.metadata.intIfPresent(for: key("expert_count")) ?? 0
    guard experts == 0 else {
      throw .unsupported(
        path: file.path, what: "it is a mixture of \(experts) experts",
        remedy: "use a model with one MLP per block")
    }
  }

  /// A tensor that the forward pass does not know, such as a bias, would be left out in silence.
  private func refuseUnknownTensors(nLayers: Int) throws(CheckpointError) {
    let roles: [TensorRole] =
      [.tokenEmbedding, .finalNorm, .unembedding, .ropeFrequencyFactors]
      + (0..<nLayers).flatMap { layer in BlockTensor.allCases.map { .block(layer, $0) } }
    let known = Set(roles.map(TensorNames.gguf))
    if let unknown = file.tensorNames.first(where: { !known.contains($0) }) {
      throw .unsupported(
        path: file.path,
        what: "its tensor \(quoted(unknown)) is no part of a llama model of \(nLayers) blocks",
        remedy: "use a model without additional tensors such as biases")
    }
  }

  private func layerCount() throws(CheckpointError) -> Int {
    let layers = try count("block_count")
    guard layers <= file.tensors.count else {
      throw invalid(
        "block_count", "\(layers) blocks cannot come from \(file.tensors.count) tensors")
    }
    return layers
  }

  private func headWidth(dModel: Int, nHeads: Int) throws(CheckpointError) -> Int {
    guard let width = try countIfPresent("attention.key_length") else {
      guard dModel % nHeads == 0 else {
        throw invalid(
          "attention.head_count", "\(nHeads) heads do not divide the model's width \(dModel)")
      }
      return dModel / nHeads
    }
    if let valueWidth = try countIfPresent("attention.value_length"), valueWidth != width {
      throw invalid(
        "attention.value_length", "\(valueWidth) differs from the key length \(width)")
    }
    return width
  }

  private func keyValueHeadCount(nHeads: Int) throws(CheckpointError) -> Int {
    let heads = try countIfPresent("attention.head_count_kv") ?? nHeads
    guard nHeads % heads == 0 else {
      throw invalid(
        "attention.head_count_kv", "\(heads) does not divide the \(nHeads) query heads")
    }
    return heads
  }

  private func vocabularySize(dModel: Int) throws(CheckpointError) -> Int {
    let name = TensorNames.gguf(.tokenEmbedding)
    guard let embedding = file.tensorInfo(named: name) else {
      throw .missingTensor(path: file.path, tensor: name)
    }
    let rows = embedding.shape[0]
    guard embedding.shape == [rows, dModel], rows <= Self.largestCount else {
      throw .wrongShape(
        path: file.path, tensor: name, expected: [rows, dModel], found: embedding.shape)
    }
    if let stated = try countIfPresent("vocab_size"), stated != rows {
      throw invalid("vocab_size", "\(stated) differs from the \(rows) rows of tensor \(name)")
    }
    return rows
  }

  private func epsilon() throws(CheckpointError) -> Float {
    let suffix = "attention.layer_norm_rms_epsilon"
    let epsilon = try positive(suffix, default: nil)
    let rounded = Float(epsilon)
    guard rounded > 0, rounded < 1 else { throw invalid(suffix, "\(epsilon) is not in (0, 1)") }
    return rounded
  }

  private func ropeDimensionCount(dHead: Int) throws(CheckpointError) -> Int {
    let dimensions = try countIfPresent("rope.dimension_count") ?? dHead
    guard dimensions % 2 == 0, dimensions <= dHead else {
      throw invalid(
        "rope.dimension_count", "\(dimensions) is not an even number up to the head width \(dHead)")
    }
    return dimensions
  }
}

extension LlamaMetadata {
  private func ropeScaling(dimensionCount: Int) throws(CheckpointError) -> RopeScaling {
    let stated = try statedScaling()
    guard has(.ropeFrequencyFactors) else { return stated }
    guard stated == .none else {
      throw invalid(
        "rope.scaling.type",
        "it contradicts tensor \(TensorNames.gguf(.ropeFrequencyFactors)); only one can be used")
    }
    return .llama3(frequencyFactors: try frequencyFactors(count: dimensionCount / 2))
  }

  private func statedScaling() throws(CheckpointError) -> RopeScaling {
    // Files of 2023 give a factor without a type.
    let older = try positiveIfPresent("rope.scale_linear")
    switch try file.metadata.stringIfPresent(for: key("rope.scaling.type")) {
    case nil:
      let factor = try positiveIfPresent("rope.scaling.factor") ?? older ?? 1
      return factor == 1 ? .none : .linear(factor: factor)
    case "none": return .none
    case "linear": return .linear(factor: try positive("rope.scaling.factor", default: older))
    case "yarn": return .yarn(try yarn())
    case .some(let other):
      throw .unsupported(
        path: file.path, what: "its rope scaling is of type \(quoted(other))",
        remedy: "use a model with scaling none, linear, yarn or Llama 3 frequency factors")
    }
  }

  private func yarn() throws(CheckpointError) -> YarnScaling {
    YarnScaling(
      factor: try positive("rope.scaling.factor", default: nil),
      originalContext: try count("rope.scaling.original_context_length"),
      extrapolationFactor: try positive("rope.scaling.yarn_ext_factor", default: 1),
      attentionFactor: try positive("rope.scaling.attn_factor", default: 1)
        * positive("rope.scaling.yarn_attn_factor", default: 1),
      betaFast: try positive("rope.scaling.yarn_beta_fast", default: 32),
      betaSlow: try positive("rope.scaling.yarn_beta_slow", default: 1))
  }

  private func frequencyFactors(count: Int) throws(CheckpointError) -> [Float] {
    let name = TensorNames.gguf(.ropeFrequencyFactors)
    let tensor = try file.tensor(named: name)
    guard tensor.shape == [count] else {
      throw .wrongShape(path: file.path, tensor: name, expected: [count], found: tensor.shape)
    }
    let factors = try tensor.unpacked()
    guard factors.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw .invalidConfig(
        path: file.path, key: name, problem: "a factor is not a positive finite number")
    }
    return factors
  }
}

extension LlamaMetadata {
  private func key(_ suffix: String) -> String { "llama." + suffix }

  private func has(_ role: TensorRole) -> Bool {
    file.tensorInfo(named: TensorNames.gguf(role)) != nil
  }

  private func invalid(_ suffix: String, _ problem: String) -> CheckpointError {
    .invalidConfig(path: file.path, key: key(suffix), problem: problem)
  }

  private func count(_ suffix: String) throws(CheckpointError) -> Int {
    guard let count = try countIfPresent(suffix) else {
      throw .missingKey(path: file.path, key: key(suffix), expected: "a positive integer")
    }
    return count
  }

  private func countIfPresent(_ suffix: String) throws(CheckpointError) -> Int? {
    guard let count = try file.metadata.intIfPresent(for: key(suffix)) else { return nil }
    guard (1...Self.largestCount).contains(count) else {
      throw invalid(suffix, "\(count) is not between 1 and \(Self.largestCount)")
    }
    return count
  }

  private func positive(
    _ suffix: String, default: Double?
  ) throws(CheckpointError) -> Double {
    guard let number = try positiveIfPresent(suffix) ?? `default` else {
      throw .missingKey(path: file.path, key: key(suffix), expected: "a positive number")
    }
    return number
  }

  private func positiveIfPresent(_ suffix: String) throws(CheckpointError) -> Double? {
    guard let number = try file.metadata.floatIfPresent(for: key(suffix)) else { return nil }
    guard number.isFinite, number > 0 else {
      throw invalid(suffix, "\(number) is not a positive finite number")
    }
    return number
  }
}
