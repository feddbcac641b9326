#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

import StrictJSON

/// What adapter_config.json of PEFT says about a LoRA adapter.
struct LoRAConfig: Sendable {
  private let fields: Hyperparameters
  private let rank: Int
  private let alpha: Double
  private let dividesByRoot: Bool
  private let ranks: [String: Double]
  private let alphas: [String: Double]

  /// Switches of other methods than plain LoRA.
  private static let unsupportedFlags = ["use_dora", "use_qalora", "use_bdlora", "lora_bias"]
  /// Settings of other methods than plain LoRA, harmless when null or empty.
  private static let unsupportedSettings = [
    "modules_to_save", "layer_replication", "target_parameters", "trainable_token_indices",
    "alora_invocation_tokens", "arrow_config", "megatron_config", "kasa_config",
    "monteclora_config", "velora_config",
  ]

  init(path: String) throws(CheckpointError) {
    let object = try JSONValue.readObject(path: path)
    fields = Hyperparameters(object, path: path)
    try Self.refuseOtherMethods(fields, object)
    rank = try fields.count(Field(huggingFace: "r"))
    alpha = try fields.positive(Field(huggingFace: "lora_alpha"))
    dividesByRoot = try fields.flag(Field(huggingFace: "use_rslora"), default: false)
    ranks = try Self.pattern("rank_pattern", object, fields)
    alphas = try Self.pattern("alpha_pattern", object, fields)
  }

  /// Returns the rank of a module and the factor on B · A.
  func rankAndScaling(
    ofModule module: String
  ) throws(CheckpointError) -> (rank: Int, scaling: Double) {
    let field = Field(huggingFace: "rank_pattern")
    let stated = try value(in: ranks, field, module) ?? Double(rank)
    guard let rank = Int(exactly: stated), (1...Hyperparameters.largestCount).contains(rank) else {
      throw fields.invalid(field, "\(stated) is not a rank")
    }
    let alpha = try value(in: alphas, Field(huggingFace: "alpha_pattern"), module) ?? alpha
    return (rank, alpha / (dividesByRoot ? Double(rank).squareRoot() : Double(rank)))
  }

  /// PEFT matches a pattern with the whole module name or with its end after a dot.
  private func value(
    in pattern: [String: Double], _ field: Field, _ module: String
  ) throws(CheckpointError) -> Double? {
    var found: Set<Double> = []
    for (key, value) in pattern {
      guard let expression = try? Regex("(?:.*\\.)?(?:\(key))") else {
        throw fields.invalid(field, "\(quoted(key)) is not a regular expression")
      }
      if (try? expression.wholeMatch(in: module)) != nil { found.insert(value) }
    }
    guard found.count <= 1 else {
      throw fields.invalid(field, "several patterns match the module \(quoted(module))")
    }
    return found.first
  }

  private static func pattern(
    _ key: String, _ object: JSONValue, _ fields: Hyperparameters
  ) throws(CheckpointError) -> [String: Double] {
    guard let inner = try fields.objectIfPresent(key), let members = object[key]?.members else {
      return [:]
    }
    var pattern: [String: Double] = [:]
    for member in members {
      let name = String(decoding: member.name, as: UTF8.self)
      pattern[name] = try inner.positive(Field(huggingFace: name))
    }
    return pattern
  }

  private static func refuseOtherMethods(
    _ fields: Hyperparameters, _ object: JSONValue
  ) throws(CheckpointError) {
    let type = try fields.textIfPresent(Field(huggingFace: "peft_type"))
    guard type == "LORA" else {
      throw unsupported(fields, "its peft_type is \(quoted(type ?? "absent"))")
    }
    for key in unsupportedFlags where try fields.flag(Field(huggingFace: key), default: false) {
      throw unsupported(fields, "it sets \(quoted(key))")
    }
    for key in unsupportedSettings where object[key]?.isEmpty == false {
      throw unsupported(fields, "it uses \(quoted(key))")
    }
    let bias = try fields.textIfPresent(Field(huggingFace: "bias")) ?? "none"
    guard bias == "none" else {
      throw unsupported(fields, "it trains biases (\"bias\" is \(quoted(bias)))")
    }
  }

  private static func unsupported(_ fields: Hyperparameters, _ what: String) -> CheckpointError {
    .unsupported(
      path: fields.path, what: what,
      remedy: "use a plain LoRA adapter, or merge it into its base model with PEFT")
  }
}

extension JSONValue {
  /// Whether the value has no elements.
  fileprivate var isEmpty: Bool {
    (elements?.count ?? members.map { $0.count }) == 0
  }
}
