import Checkpoints

/// Puts a checkpoint's weights on a device.
struct WeightReader<Device: Backend>: Sendable {
  let checkpoint: any Checkpoint
  let device: Device

  var config: ModelConfig { checkpoint.config }

  /// A vector such as a bias, as one row.
  func vector(_ role: TensorRole) throws(EngineError) -> Device.Matrix {
    let values = try values(of: role)
    return try device.upload(values, columns: values.count)
  }

  /// The norm whose scale is `weight`; what the architecture adds to stored scales is added.
  func norm(
    _ weight: TensorRole, bias: TensorRole? = nil
  ) throws(EngineError) -> NormWeights<Device.Matrix> {
    let scale = try values(of: weight).map { $0 + config.norm.weightOffset }
    return NormWeights(
      weight: try device.upload(scale, columns: scale.count),
      bias: try bias.map { (role) throws(EngineError) in try vector(role) },
      kind: config.norm.kind, epsilon: config.norm.epsilon)
  }

  /// A block's norm, when the architecture has it.
  func norm(
    ifPresent weight: BlockTensor, layer: Int
  ) throws(EngineError) -> NormWeights<Device.Matrix>? {
    guard config.blockTensors.contains(weight) else { return nil }
    return try norm(.block(layer, weight))
  }

  /// One product whose outputs are those of `roles`, one after another, with their biases.
  func linear(
    _ roles: [TensorRole], biases: [TensorRole] = []
  ) throws(EngineError) -> Projection<Device> {
    var parts: [any Weight] = []
    for role in roles { parts.append(try weight(role)) }
    let linear = try device.makeLinear(parts)
    var bias: [Float] = []
    for role in biases { bias += try values(of: role) }
    return Projection(
      weight: linear, bias: bias.isEmpty ? nil : try device.upload(bias, columns: bias.count))
  }

  /// What finds the largest outputs of a projection that is the weight `role` alone.
  func screen(
    _ role: TensorRole, of projection: Projection<Device>
  ) throws(EngineError) -> Device.Screen? {
    try device.makeScreen(for: projection.weight, from: weight(role))
  }

  /// What block 0 reads, `[token, dModel]` float32: embeddings, scaled, plus learned positions.
  func embeddings(
    of tokens: ArraySlice<Int32>, at positions: ArraySlice<Int32>
  ) throws(EngineError) -> [Float] {
    var values = try rows(tokens, of: .tokenEmbedding)
    if config.embeddingScale != 1 {
      for index in values.indices { values[index] *= config.embeddingScale }
    }
    if config.positions == .learned {
      let added = try rows(positions, of: .positionEmbedding)
      for index in values.indices { values[index] += added[index] }
    }
    return values
  }

  /// The memory that packed weights take, in bytes; one that the checkpoint lacks, which is an error
  /// when it is read, counts nothing.
  func byteCount(of roles: [TensorRole]) -> Int {
    roles.reduce(0) { sum, role in
      sum + ((try? weight(role)).map(device.byteCount) ?? 0)
    }
  }

  /// A table for each rotary rule of the model, for positions `0..<positions`.
  func rotaryTables(positions: Int) throws(EngineError) -> [RotaryTable<Device.Matrix>] {
    guard case .rotary(let rules) = config.positions else { return [] }
    var tables: [RotaryTable<Device.Matrix>] = []
    for rule in rules { tables.append(try .upload(rule, positions: positions, to: device)) }
    return tables
  }

  private func rows(_ indices: ArraySlice<Int32>, of role: TensorRole) throws(EngineError)
    -> [Float]
  {
    let table = try weight(role)
    let width = table.inputs
    var values = [Float](repeating: 0, count: indices.count * width)
    try values.withUnsafeMutableBufferPointer { (buffer) throws(EngineError) in
      for (place, index) in indices.enumerated() {
        let room = buffer[place * width..<(place + 1) * width]
        try unpack(
          table, Int(index)..<Int(index) + 1, into: UnsafeMutableBufferPointer(rebasing: room))
      }
    }
    return values
  }

  private func values(of role: TensorRole) throws(EngineError) -> [Float] {
    try rows([0], of: role)
  }

  private func weight(_ role: TensorRole) throws(EngineError) -> any Weight {
    do throws(CheckpointError) { return try checkpoint.weight(role) } catch {
      throw .checkpoint(error)
    }
  }
}

private func unpack(
  _ weight: any Weight, _ rows: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>
) throws(EngineError) {
  do throws(CheckpointError) { try weight.unpackRows(rows, into: buffer) } catch {
    throw .checkpoint(error)
  }
}

/// A matrix product with its bias, y = x Wᵀ + b.
struct Projection<Device: Backend>: Sendable {
  let weight: Device.Linear
  let bias: Device.Matrix?

  func apply(
    _ x: Rows<Device.Matrix>, into out: Rows<Device.Matrix>, on device: Device, lane: Int
  ) throws(EngineError) {
    try device.multiply(x, by: weight, into: out, lane: lane)
    if let bias { device.addBias(bias, to: out, lane: lane) }
  }
}
