import StrictJSON

/// Finds an adapter's modules among the weights of a base model.
struct AdapterMatch {
  private let adapter: LoRAAdapter
  private let scale: Double
  private let config: ModelConfig
  private let names: TensorNames

  init(_ adapter: LoRAAdapter, scale: Double, config: ModelConfig) throws(CheckpointError) {
    guard let names = Architectures.tensorNames(of: config.architecture) else {
      throw .unsupported(
        path: adapter.path, what: "\(quoted(config.architecture)) models take no adapters",
        remedy: "use a base model of a supported architecture")
    }
    let hasBase = adapter.modules.keys.contains { $0.hasPrefix(names.base) }
    self.adapter = adapter
    self.scale = scale
    self.config = config
    self.names = hasBase ? names : names.removingBase()
  }

  /// The change of each weight that the adapter has a part in.
  func changes() throws(CheckpointError) -> [TensorRole: WeightChange] {
    var changes: [TensorRole: WeightChange] = [:]
    var used: Set<String> = []
    for role in config.roles + (config.tiedUnembedding ? [.unembedding] : []) {
      guard let place = names.place(of: role, in: .huggingFace) else { continue }
      for ending in [Self.weightEnding, Self.biasEnding] where place.name.hasSuffix(ending) {
        let name = String(place.name.dropLast(ending.count))
        guard let module = adapter.modules[name] else { continue }
        used.insert(name)
        let isBias = ending == Self.biasEnding
        let tensor = isBias ? module.bias : module.weight
        var change = WeightChange(scale: Float(scale))
        change.replacement = try tensor.map { (tensor) throws(CheckpointError) in
          try replacement(tensor, role, place)
        }
        if !isBias { try add(module, named: name, role, place, to: &change) }
        if !change.isEmpty { changes[role] = change }
      }
    }
    let unused = adapter.modules.filter {
      !used.contains($0.key) || $0.value.bias != nil && !hasBias($0.key)
    }
    if let unknown = unused.keys.min() {
      throw .unsupported(
        path: adapter.path,
        what: "it changes the module \(quoted(unknown)), which the base model lacks",
        remedy: Self.remedy)
    }
    return changes
  }

  private static let weightEnding = ".weight"
  private static let biasEnding = ".bias"
  private static let remedy = "use the base model that the adapter was trained on"

  private func hasBias(_ module: String) -> Bool {
    config.roles.contains {
      names.place(of: $0, in: .huggingFace)?.name == module + Self.biasEnding
    }
  }

  private func replacement(
    _ tensor: Tensor, _ role: TensorRole, _ place: TensorPlace
  ) throws(CheckpointError) -> any Weight {
    let isNorm = config.inputs(of: role) == nil && place.name.contains("norm")
    // GGUF files of Gemma have 1 added to what transformers stores.
    if isNorm, config.architecture.hasPrefix("gemma"), config.norm.weightOffset == 0 {
      throw .unsupported(
        path: adapter.path, what: "its norm \(quoted(tensor.name)) cannot be put on a GGUF file",
        remedy: "use the Hugging Face folder of the base model")
    }
    do throws(CheckpointError) {
      return try ArrangedModel.weight(tensor, role, place.arrangement, config, path: adapter.path)
    } catch {
      guard case .wrongShape(_, let name, let expected, let found) = error else { throw error }
      throw otherBase("tensor \(quoted(name))", found: found, expected: expected)
    }
  }

  /// Adds what is no replacement of the whole.
  private func add(
    _ module: LoRAAdapter.Module, named name: String, _ role: TensorRole, _ place: TensorPlace,
    to change: inout WeightChange
  ) throws(CheckpointError) {
    let outputs = place.arrangement.storedOutputs(of: role, config: config)
    let inputs = config.inputs(of: role) ?? 1
    let rows = place.arrangement.rowMap(of: role, config: config)
    if let factors = module.factors {
      let found =
        factors.ofEmbedding
        ? [factors.a.columns, factors.b.rows] : [factors.b.rows, factors.a.columns]
      try check("module \(quoted(name))", found: found, expected: [outputs, inputs])
      change.lowRank = WeightChange.LowRank(factors: factors, rows: rows)
      change.baseShare = try module.takesFromBase.map { (kind) throws(CheckpointError) in
        try baseShare(kind, of: factors, named: name, role, place)
      }
    }
    if let magnitudes = module.magnitudes {
      let found = magnitudes.shape.reduce(1, *)
      try check("tensor \(quoted(magnitudes.name))", found: [found], expected: [outputs])
      change.magnitudes = WeightChange.Magnitudes(tensor: magnitudes, rows: rows)
    }
    if let tokenRows = module.tokenRows {
      let tensor = "tensor \(quoted(tokenRows.name))"
      try check(tensor, found: [tokenRows.columns], expected: [inputs])
      if let beyond = module.tokens.first(where: { $0 >= outputs }) {
        throw otherBase(tensor, found: [beyond + 1], expected: [outputs])
      }
      change.tokens = WeightChange.TokenRows(
        tensor: tokenRows,
        lines: Dictionary(uniqueKeysWithValues: module.tokens.enumerated().map { ($1, $0) }))
    }
  }

  /// Refuses a module that is several weights here: what is taken out is a part of all together.
  private func baseShare(
    _ kind: BaseShare.Kind, of factors: LoRAAdapter.Factors, named name: String, _ role: TensorRole,
    _ place: TensorPlace
  ) throws(CheckpointError) -> BaseShare {
    let isWhole =
      place.arrangement.storedOutputs(of: role, config: config) == config.outputs(of: role)
    guard isWhole, !place.arrangement.isTransposed else {
      throw .unsupported(
        path: adapter.path,
        what:
          "its module \(quoted(name)) began as a part of the base model's, where it holds several "
          + "weights in one",
        remedy: "merge the adapter into its base model with PEFT (merge_and_unload) and use that")
    }
    return BaseShare(kind, rank: factors.a.rows, scaling: factors.scaling)
  }

  private func check(
    _ what: String, found: [Int], expected: [Int]
  ) throws(CheckpointError) {
    guard found == expected else { throw otherBase(what, found: found, expected: expected) }
  }

  private func otherBase(_ what: String, found: [Int], expected: [Int]) -> CheckpointError {
    .unsupported(
      path: adapter.path,
      what:
        "it is an adapter for another base model: its \(what) has shape \(found) where the model "
        + "has \(expected)",
      remedy: Self.remedy)
  }
}
