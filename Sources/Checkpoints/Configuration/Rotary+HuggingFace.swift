#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

import StrictJSON

/// Reads `rope_parameters`, or `rope_scaling` and `rope_theta` of configurations before version 5.
///
/// Rules and defaults are those of transformers' `modeling_rope_utils.py`.
struct HuggingFaceRotaryReader {
  let fields: Hyperparameters
  let dHead: Int
  let nCtx: Int
  /// The fraction of a head that is rotated, when the configuration does not say.
  var defaultFraction = 1.0
  var defaultBase = 10_000.0
  /// The keys of base and fraction at the top level.
  var baseKey = "rope_theta"
  var fractionKey = "partial_rotary_factor"
  /// Names of types that mean `longrope`.
  var longRopeNames: Set<String> = ["longrope"]
  /// The context before the extension when the configuration does not say; nil for `nCtx`.
  var defaultOriginalContext: Int?

  func rotary() throws(CheckpointError) -> Rotary {
    // transformers prefers the older key when both are there.
    if let older = try fields.objectIfPresent("rope_scaling") { return try rotary(older) }
    return try rotary(fields.objectIfPresent("rope_parameters"))
  }

  func rotary(_ parameters: Hyperparameters?) throws(CheckpointError) -> Rotary {
    let outer = try fields.positive(Field(huggingFace: baseKey), default: defaultBase)
    let inner = try parameters?.positiveIfPresent(Field(huggingFace: "rope_theta"))
    var rotary = Rotary(
      base: inner ?? outer, dimensions: try dimensions(parameters), scaling: .none)
    if let parameters { rotary.scaling = try scaling(parameters, rotary) }
    return rotary
  }

  private func dimensions(_ parameters: Hyperparameters?) throws(CheckpointError) -> Int {
    let inner = Field(huggingFace: "partial_rotary_factor")
    let outer = Field(huggingFace: fractionKey)
    let stated = try parameters?.positiveIfPresent(inner)
    let fallback = try fields.positive(outer, default: defaultFraction)
    let fraction = stated ?? fallback
    guard fraction <= 1 else { throw fields.invalid(outer, "\(fraction) is more than 1") }
    let dimensions = Int(Double(dHead) * fraction)
    guard dimensions > 0, dimensions % 2 == 0 else {
      throw fields.invalid(
        outer,
        "\(dimensions) rotated dimensions of \(dHead) in a head are not an even, positive number")
    }
    return dimensions
  }

  private func scaling(
    _ parameters: Hyperparameters, _ rotary: Rotary
  ) throws(CheckpointError) -> RopeScaling {
    let factor = Field(huggingFace: "factor")
    let older = try parameters.textIfPresent(Field(huggingFace: "type"))
    let type = try parameters.textIfPresent(Field(huggingFace: "rope_type")) ?? older ?? "default"
    switch type {
    case "default": return .none
    // Dynamic NTK changes frequencies only beyond nCtx, where the engine never goes.
    case "dynamic": return .none
    case "linear": return .linear(factor: try parameters.positive(factor))
    case _ where longRopeNames.contains(type):
      return .longrope(try longRope(parameters, pairs: rotary.dimensions / 2))
    case "yarn": return .yarn(try yarn(parameters))
    case "llama3":
      return .llama3(frequencyFactors: try llama3Factors(parameters, rotary))
    default:
      throw .unsupported(
        path: fields.path, what: "its rope scaling is of type \(quoted(type))",
        remedy: "use a model with scaling default, linear, dynamic, yarn, llama3 or longrope")
    }
  }

  /// The context before the extension: stated beside the parameters, among them, or `nCtx`.
  private func originalContext(_ parameters: Hyperparameters) throws(CheckpointError) -> Int {
    let field = Field(huggingFace: "original_max_position_embeddings")
    let inner = try parameters.countIfPresent(field)
    let outer = try fields.countIfPresent(field)
    return outer ?? defaultOriginalContext ?? inner ?? nCtx
  }

  private func yarn(_ parameters: Hyperparameters) throws(CheckpointError) -> YarnScaling {
    func value(_ name: String) throws(CheckpointError) -> Double? {
      try parameters.positiveIfPresent(Field(huggingFace: name))
    }
    let truncate = Field(huggingFace: "truncate")
    guard try parameters.flag(truncate, default: true) else {
      throw .unsupported(
        path: fields.path, what: "its YaRN scaling sets \(quoted("truncate")) to false",
        remedy: "use a model whose YaRN scaling rounds its range")
    }
    let original = try originalContext(parameters)
    let factor = try value("factor") ?? Double(nCtx) / Double(original)
    var magnitude = YarnScaling.temperature(factor)
    if let stated = try value("attention_factor") {
      magnitude = stated
    } else if let above = try value("mscale"), let below = try value("mscale_all_dim"), factor > 1 {
      magnitude = (0.1 * above * log(factor) + 1) / (0.1 * below * log(factor) + 1)
    }
    return YarnScaling(
      factor: factor, originalContext: original,
      attentionFactor: magnitude / YarnScaling.temperature(factor),
      betaFast: try value("beta_fast") ?? 32, betaSlow: try value("beta_slow") ?? 1)
  }

  /// The Llama 3 rule as divisors: long waves by `factor`, short ones by 1, a blend in between.
  ///
  /// In float32, step by step as in transformers, so that the frequencies agree.
  private func llama3Factors(
    _ parameters: Hyperparameters, _ rotary: Rotary
  ) throws(CheckpointError) -> [Float] {
    let factor = Float(try parameters.positive(Field(huggingFace: "factor")))
    let low = try parameters.positive(Field(huggingFace: "low_freq_factor"))
    let highField = Field(huggingFace: "high_freq_factor")
    let high = try parameters.positive(highField)
    guard high > low else {
      throw parameters.invalid(highField, "\(high) is not above low_freq_factor, \(low)")
    }
    let context = Double(try originalContext(parameters))
    let factors = stride(from: 0, to: rotary.dimensions, by: 2).map { index -> Float in
      let exponent = Float(index) / Float(rotary.dimensions)
      let frequency = 1 / powf(Float(rotary.base), exponent)
      let wave = Float(2 * Double.pi) / frequency
      if wave < Float(context / high) { return 1 }
      if wave > Float(context / low) { return factor }
      let smooth = (Float(context) / wave - Float(low)) / Float(high - low)
      return frequency / ((1 - smooth) * frequency / factor + smooth * frequency)
    }
    guard factors.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw parameters.invalid(
        Field(huggingFace: "factor"), "the llama3 rule gives frequencies that are not finite")
    }
    return factors
  }

  private func longRope(
    _ parameters: Hyperparameters, pairs: Int
  ) throws(CheckpointError) -> LongRopeScaling {
    let original = try originalContext(parameters)
    guard original > 1 else {
      throw parameters.invalid(
        Field(huggingFace: "original_max_position_embeddings"), "\(original) is too short")
    }
    let stated = try parameters.positiveIfPresent(Field(huggingFace: "factor"))
    let factor = stated ?? Double(nCtx) / Double(original)
    let derived = factor > 1 ? (1 + log(factor) / log(Double(original))).squareRoot() : 1
    return LongRopeScaling(
      shortFactors: try factors("short_factor", parameters, count: pairs),
      longFactors: try factors("long_factor", parameters, count: pairs),
      originalContext: original,
      attentionFactor: try parameters.positive(
        Field(huggingFace: "attention_factor"), default: derived))
  }

  private func factors(
    _ key: String, _ parameters: Hyperparameters, count: Int
  ) throws(CheckpointError) -> [Float] {
    let field = Field(huggingFace: key)
    guard let numbers = try parameters.numbersIfPresent(key) else {
      throw parameters.missing(field, expected: "\(count) numbers")
    }
    let factors = numbers.map { Float($0) }
    guard factors.count == count, factors.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw parameters.invalid(field, "it is not \(count) positive finite numbers")
    }
    return factors
  }
}

extension Rotary {
  /// Reads the one rule of a model whose layers all rotate alike.
  init(_ model: ModelFiles, dHead: Int, nCtx: Int) throws(CheckpointError) {
    switch model.format {
    case .gguf:
      self = try GGUFRotaryReader(model: model, dHead: dHead, nCtx: nCtx).rotary()
    case .huggingFace:
      self = try HuggingFaceRotaryReader(
        fields: model.fields, dHead: dHead, nCtx: nCtx
      ).rotary()
    }
  }
}
