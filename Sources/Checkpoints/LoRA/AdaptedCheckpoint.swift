import StrictJSON

/// A checkpoint whose weights are changed by LoRA adapters when they are unpacked.
///
/// The result is W + scale · scaling · B A for each adapter in turn, summed in float32, as PEFT's
/// merge with a float32 base model gives it.
public struct AdaptedCheckpoint: Checkpoint {
  /// A part of a module's change that applies to one weight of the engine.
  struct Delta: Sendable {
    let factors: LoRAAdapter.Factors
    let scale: Float
    /// Where the weight's outputs lie among the module's.
    let rows: RowMap
  }

  private let base: any Checkpoint
  private let deltas: [TensorRole: [Delta]]

  public var path: String { base.path }
  public var config: ModelConfig { base.config }
  public var leftOut: [String] { base.leftOut }

  /// Checks that each adapter's modules are in the base model with the same shapes.
  ///
  /// A scale of 1 is the adapter as it was trained, 0 the base model.
  public init(
    base: any Checkpoint, adapters: [(adapter: LoRAAdapter, scale: Double)]
  ) throws(CheckpointError) {
    self.base = base
    var deltas: [TensorRole: [Delta]] = [:]
    for (adapter, scale) in adapters {
      let found = try Self.deltas(of: adapter, scale: scale, for: base.config)
      for (role, delta) in found { deltas[role, default: []].append(delta) }
    }
    self.deltas = deltas
  }

  /// Returns the adapted weight with `role`, in the engine's arrangement.
  public func weight(_ role: TensorRole) throws(CheckpointError) -> any Weight {
    let weight = try base.weight(role)
    guard let deltas = deltas[role] else { return weight }
    return AdaptedWeight(base: weight, deltas: deltas)
  }

  private static func deltas(
    of adapter: LoRAAdapter, scale: Double, for config: ModelConfig
  ) throws(CheckpointError) -> [TensorRole: Delta] {
    guard var names = Architectures.tensorNames(of: config.architecture) else {
      throw .unsupported(
        path: adapter.path, what: "\(quoted(config.architecture)) models take no adapters",
        remedy: "use a base model of a supported architecture")
    }
    if !adapter.factors.keys.contains(where: { $0.hasPrefix(names.base) }) {
      names = names.removingBase()
    }
    var deltas: [TensorRole: Delta] = [:]
    var used: Set<String> = []
    for role in config.roles {
      guard let inputs = config.inputs(of: role),
        let place = names.place(of: role, in: .huggingFace), place.name.hasSuffix(".weight")
      else { continue }
      let module = String(place.name.dropLast(".weight".count))
      guard let factors = adapter.factors[module] else { continue }
      used.insert(module)
      let outputs = place.arrangement.storedOutputs(of: role, config: config)
      try check(factors, module, adapter, [outputs, inputs])
      deltas[role] = Delta(
        factors: factors, scale: Float(scale * factors.scaling),
        rows: place.arrangement.rowMap(of: role, config: config))
    }
    if let unknown = adapter.factors.keys.filter({ !used.contains($0) }).min() {
      throw .unsupported(
        path: adapter.path,
        what: "it changes the module \(quoted(unknown)), which the base model lacks",
        remedy: "use the base model that the adapter was trained on")
    }
    return deltas
  }

  private static func check(
    _ factors: LoRAAdapter.Factors, _ module: String, _ adapter: LoRAAdapter, _ expected: [Int]
  ) throws(CheckpointError) {
    let found = [factors.b.rows, factors.a.columns]
    guard found == expected else {
      throw .unsupported(
        path: adapter.path,
        what: "it is an adapter for another base model: its module \(quoted(module)) has shape "
          + "\(found) where the model has \(expected)",
        remedy: "use the base model that the adapter was trained on")
    }
  }
}

/// A weight with low-rank changes added as it is unpacked.
struct AdaptedWeight: Weight {
  let base: any Weight
  let deltas: [AdaptedCheckpoint.Delta]

  var outputs: Int { base.outputs }
  var inputs: Int { base.inputs }

  func damage(inRow row: Int) -> CheckpointError { base.damage(inRow: row) }

  func unpackRows(
    _ rows: Range<Int>, into output: UnsafeMutableBufferPointer<Float>
  ) throws(CheckpointError) {
    try base.unpackRows(rows, into: output)
    for delta in deltas { try add(delta, to: rows, in: output) }
  }

  private func add(
    _ delta: AdaptedCheckpoint.Delta, to rows: Range<Int>,
    in output: UnsafeMutableBufferPointer<Float>
  ) throws(CheckpointError) {
    let a = try delta.factors.a.unpacked()
    let b = TensorWeight(tensor: delta.factors.b, rows: delta.rows)
    var weights = [Float](repeating: 0, count: rows.count * b.inputs)
    try weights.withUnsafeMutableBufferPointer { (buffer) throws(CheckpointError) in
      try b.unpackRows(rows, into: buffer)
    }
    var product = [Float](repeating: 0, count: inputs)
    for line in 0..<rows.count {
      Self.multiply(weights[line * b.inputs..<(line + 1) * b.inputs], a, into: &product)
      for column in 0..<inputs { output[line * inputs + column] += delta.scale * product[column] }
    }
  }

  /// One row of B times A, `[rank, inputs]`, in float32.
  private static func multiply(
    _ b: ArraySlice<Float>, _ a: [Float], into product: inout [Float]
  ) {
    let width = product.count
    a.withUnsafeBufferPointer { a in
      product.withUnsafeMutableBufferPointer { product in
        product.update(repeating: 0)
        for (index, factor) in b.enumerated() {
          for column in 0..<width { product[column] += factor * a[index * width + column] }
        }
      }
    }
  }
}
