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
  /// Whether rows of changed weights get lengths of their own (DoRA).
  let usesMagnitudes: Bool
  /// Which part of the base model's weights PEFT takes out of them when it loads the adapter.
  let takesFromBase: BaseShare.Kind?
  /// Ids by the last part of a module's name; a plain list is for the embedding.
  private let tokens: [String: [Int]]

  /// Settings that are read here.
  private static let readSettings: Set<String> = [
    "peft_type", "r", "lora_alpha", "use_rslora", "rank_pattern", "alpha_pattern", "use_dora",
    "trainable_token_indices", "init_lora_weights",
  ]
  /// Settings of training and of saving, which say nothing about a trained adapter's numbers: what it
  /// changes is known by its tensors.
  private static let harmlessSettings: Set<String> = [
    "task_type", "auto_mapping", "peft_version", "base_model_name_or_path", "revision",
    "inference_mode", "target_modules", "exclude_modules", "lora_dropout", "fan_in_fan_out",
    "layers_to_transform", "layers_pattern", "megatron_core", "qalora_group_size",
    "runtime_config", "loftq_config", "eva_config", "corda_config", "lora_ga_config",
    "modules_to_save", "bias",
  ]
  /// Initialisations that leave the base model as it is: the file's A and B are the whole change.
  private static let plainInitialisations: Set<String> = [
    "gaussian", "eva", "orthogonal", "mica",
  ]

  /// Initialisations with which PEFT takes a part out of the base model's weights when it loads the
  /// adapter.
  ///
  /// That of `pissa_niter_N` depends on a draw of random numbers, others on data.
  private static let takingInitialisations: [String: BaseShare.Kind] = [
    "pissa": .largestSingularValues, "olora": .firstColumns,
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
    usesMagnitudes = try fields.flag(Field(huggingFace: "use_dora"), default: false)
    tokens = try Self.tokens(object, fields)
    let initialisation = object["init_lora_weights"]?.string ?? ""
    takesFromBase = Self.takingInitialisations[initialisation.lowercased()]
  }

  /// The ids of the tokens whose rows a module's `trainable_tokens_delta` has, in its order.
  func trainedTokens(
    ofModule module: String, count: Int
  ) throws(CheckpointError) -> [Int] {
    let name = module.split(separator: ".").last.map(String.init) ?? module
    let ids = tokens[name] ?? tokens[""] ?? []
    guard ids.count == count, Set(ids).count == count else {
      throw fields.invalid(
        Self.tokensField, "it names \(ids.count) tokens of \(name), of which \(count) have rows")
    }
    return ids
  }

  private static let tokensField = Field(huggingFace: "trainable_token_indices")

  private static func tokens(
    _ object: JSONValue, _ fields: Hyperparameters
  ) throws(CheckpointError) -> [String: [Int]] {
    guard let value = object["trainable_token_indices"] else { return [:] }
    func ids(_ value: JSONValue) throws(CheckpointError) -> [Int] {
      guard let elements = value.elements else {
        throw fields.invalid(tokensField, "it is no list of token ids")
      }
      var ids: [Int] = []
      for element in elements {
        guard let id = element.int, id >= 0 else {
          throw fields.invalid(tokensField, "\(element.summary) is no token id")
        }
        ids.append(id)
      }
      return ids
    }
    guard let members = value.members else { return ["": try ids(value)] }
    var tokens: [String: [Int]] = [:]
    for (name, value) in members {
      tokens[String(decoding: name, as: UTF8.self)] = try ids(value)
    }
    return tokens
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

  /// Refuses what is not known to leave the change at scaling · B A.
  private static func refuseOtherMethods(
    _ fields: Hyperparameters, _ object: JSONValue
  ) throws(CheckpointError) {
    let type = try fields.textIfPresent(Field(huggingFace: "peft_type"))
    guard type == "LORA" else {
      throw unsupported(fields, "its peft_type is \(quoted(type ?? "absent"))")
    }
    try refuseOtherInitialisations(fields, object)
    guard let members = object.members else { return }
    for (name, value) in members {
      let key = String(decoding: name, as: UTF8.self)
      guard !readSettings.contains(key), !harmlessSettings.contains(key), !value.isUnset else {
        continue
      }
      throw unsupported(fields, "it sets \(quoted(key)), which is more than plain LoRA")
    }
  }

  private static func refuseOtherInitialisations(
    _ fields: Hyperparameters, _ object: JSONValue
  ) throws(CheckpointError) {
    let field = Field(huggingFace: "init_lora_weights")
    guard let value = object["init_lora_weights"], value.bool == nil else { return }
    let name = try fields.textIfPresent(field) ?? ""
    let isKnown =
      plainInitialisations.contains(name.lowercased())
      || takingInitialisations[name.lowercased()] != nil
    guard isKnown else {
      throw .unsupported(
        path: fields.path,
        what: "its \"init_lora_weights\" is \(quoted(name)), with which PEFT changes the base "
          + "model's own weights when it loads the adapter",
        remedy: "load it with PEFT, merge it (merge_and_unload) and give the folder that "
          + "save_pretrained then writes as the model")
    }
  }

  private static func unsupported(_ fields: Hyperparameters, _ what: String) -> CheckpointError {
    .unsupported(
      path: fields.path, what: what,
      remedy: "use a plain LoRA adapter, or merge it into its base model with PEFT "
        + "(merge_and_unload) and use that")
  }
}

extension JSONValue {
  /// Whether a setting is off: null, false, or a list or an object without elements.
  fileprivate var isUnset: Bool {
    isNull || bool == false || (elements?.count ?? members.map { $0.count }) == 0
  }
}
