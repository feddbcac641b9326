import StrictJSON

/// Reads the keys that start with `ARCHITECTURE.rope.`.
struct GGUFRotaryReader {
  let model: ModelFiles
  let dHead: Int
  let nCtx: Int

  /// llama.cpp's default when the key is absent; the base of the original RoPE paper.
  static let defaultBase = 10_000.0

  private static let frequencyFactors = "rope_freqs.weight"
  private static let longFactors = "rope_factors_long.weight"
  private static let shortFactors = "rope_factors_short.weight"

  private var fields: Hyperparameters { model.fields }

  func rotary() throws(CheckpointError) -> Rotary {
    let field = Field(gguf: "rope.dimension_count")
    let dimensions = try fields.countIfPresent(field) ?? dHead
    guard dimensions % 2 == 0, dimensions <= dHead else {
      throw fields.invalid(
        field, "\(dimensions) is not an even number up to the head width \(dHead)")
    }
    return Rotary(
      base: try fields.positive(Field(gguf: "rope.freq_base"), default: Self.defaultBase),
      dimensions: dimensions, scaling: try scaling(pairs: dimensions / 2))
  }

  private func scaling(pairs: Int) throws(CheckpointError) -> RopeScaling {
    if model.tensors.has(Self.longFactors) { return try longRope(pairs: pairs) }
    let stated = try statedScaling()
    guard model.tensors.has(Self.frequencyFactors) else { return stated }
    guard stated == .none else {
      throw fields.invalid(
        Field(gguf: "rope.scaling.type"),
        "it contradicts tensor \(Self.frequencyFactors); only one can be used")
    }
    return .llama3(
      frequencyFactors: try model.tensors.positiveVector(
        named: Self.frequencyFactors, count: pairs))
  }

  private func statedScaling() throws(CheckpointError) -> RopeScaling {
    // Files of 2023 give a factor without a type.
    let older = try fields.positiveIfPresent(Field(gguf: "rope.scale_linear"))
    let factor = Field(gguf: "rope.scaling.factor")
    switch try fields.textIfPresent(Field(gguf: "rope.scaling.type")) {
    case nil:
      let factor = try fields.positiveIfPresent(factor) ?? older ?? 1
      return factor == 1 ? .none : .linear(factor: factor)
    case "none": return .none
    case "linear": return .linear(factor: try fields.positive(factor, default: older))
    case "yarn": return .yarn(try yarn())
    case .some(let other):
      throw .unsupported(
        path: fields.path, what: "its rope scaling is of type \(quoted(other))",
        remedy: "use a model with scaling none, linear, yarn or frequency factors in tensors")
    }
  }

  private func yarn() throws(CheckpointError) -> YarnScaling {
    func value(_ name: String, _ default: Double) throws(CheckpointError) -> Double {
      try fields.positive(Field(gguf: "rope.scaling.\(name)"), default: `default`)
    }
    return YarnScaling(
      factor: try fields.positive(Field(gguf: "rope.scaling.factor")),
      originalContext: try fields.count(Field(gguf: "rope.scaling.original_context_length")),
      extrapolationFactor: try value("yarn_ext_factor", 1),
      attentionFactor: try value("attn_factor", 1) * value("yarn_attn_factor", 1),
      betaFast: try value("yarn_beta_fast", 32),
      betaSlow: try value("yarn_beta_slow", 1))
  }

  /// Two tensors of factors, from llama.cpp's converter of Phi-3.
  private func longRope(pairs: Int) throws(CheckpointError) -> RopeScaling {
    let original = try fields.countIfPresent(Field(gguf: "rope.scaling.original_context_length"))
    return .longrope(
      LongRopeScaling(
        shortFactors: try model.tensors.positiveVector(named: Self.shortFactors, count: pairs),
        longFactors: try model.tensors.positiveVector(named: Self.longFactors, count: pairs),
        // llama.cpp's default: the context that the model was trained for.
        originalContext: original ?? nCtx,
        attentionFactor: try fields.positive(
          Field(gguf: "rope.scaling.attn_factor"), default: 1)))
  }
}
