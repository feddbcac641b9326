import Checkpoints

/// The weights of one block, packed for a device: norm, attention, norm, MLP.
///
/// What an architecture does not have is nil. Which parts there are, and the order in which they
/// add to the residual stream, is the ``ModelConfig``'s to say.
struct TransformerBlock<Device: Backend>: Sendable {
  let attnNorm: NormWeights<Device.Matrix>
  /// `[(nHeads + 2 nKVHeads) · dHead, dModel]`: query, key and value projections.
  let wQKV: Projection<Device>
  let queryNorm: NormWeights<Device.Matrix>?
  let keyNorm: NormWeights<Device.Matrix>?
  /// `[dModel, nHeads · dHead]`.
  let wO: Projection<Device>
  let attnPostNorm: NormWeights<Device.Matrix>?
  let mlpNorm: NormWeights<Device.Matrix>
  /// `[2 dMLP, dModel]`, gate then up; without a gate `[dMLP, dModel]`.
  let wIn: Projection<Device>
  /// `[dModel, dMLP]`.
  let wOut: Projection<Device>
  let mlpPostNorm: NormWeights<Device.Matrix>?
  let attention: LayerAttention

  /// The weights of the products of block `layer`.
  static func productRoles(_ layer: Int, config: ModelConfig) -> [TensorRole] {
    let tensors: [BlockTensor] = [.q, .k, .v, .o, .gate, .up, .down]
    return tensors.filter(config.blockTensors.contains).map { .block(layer, $0) }
  }

  /// Reads and packs the weights of block `layer`.
  init(layer: Int, reader: WeightReader<Device>) throws(EngineError) {
    let config = reader.config
    func roles(_ tensors: BlockTensor...) -> [TensorRole] {
      tensors.filter(config.blockTensors.contains).map { .block(layer, $0) }
    }
    func norm(
      _ weight: BlockTensor, _ bias: BlockTensor
    ) throws(EngineError) -> NormWeights<Device.Matrix> {
      try reader.norm(.block(layer, weight), bias: roles(bias).first)
    }
    attnNorm = try norm(.attnNorm, .attnNormBias)
    wQKV = try reader.linear(roles(.q, .k, .v), biases: roles(.qBias, .kBias, .vBias))
    queryNorm = try reader.norm(ifPresent: .qNorm, layer: layer)
    keyNorm = try reader.norm(ifPresent: .kNorm, layer: layer)
    wO = try reader.linear(roles(.o), biases: roles(.oBias))
    attnPostNorm = try reader.norm(ifPresent: .attnPostNorm, layer: layer)
    mlpNorm = try norm(.mlpNorm, .mlpNormBias)
    wIn = try reader.linear(roles(.gate, .up), biases: roles(.upBias))
    wOut = try reader.linear(roles(.down), biases: roles(.downBias))
    mlpPostNorm = try reader.norm(ifPresent: .mlpPostNorm, layer: layer)
    attention = config.layerAttention[layer]
  }
}

extension TransformerBlock {
  /// Writes queries, keys and values of the rows `residual`, rotated, into the same rows of `qkv`.
  ///
  /// `positions` are those of the rows; `rotary` has a table for each rotary rule of the model, none
  /// where positions are learned.
  func project(
    _ residual: Rows<Device.Matrix>, into qkv: Rows<Device.Matrix>,
    positions: ArraySlice<Int32>, rotary: [RotaryTable<Device.Matrix>],
    pass: PassContext<Device>, lane: Int
  ) throws(EngineError) {
    let device = pass.device
    let normed = Rows(pass.workspaces[lane].normed, 0..<residual.range.count)
    device.normalise(residual, with: attnNorm, into: normed, lane: lane)
    try wQKV.apply(normed, into: qkv, on: device, lane: lane)
    if let queryNorm, let keyNorm {
      device.normaliseHeads(qkv, heads: pass.heads, query: queryNorm, key: keyNorm, lane: lane)
    }
    if !rotary.isEmpty {
      let table = rotary[attention.rotary]
      device.rotate(qkv, heads: pass.heads, positions: positions, table: table, lane: lane)
    }
  }

  /// Takes `residual`, the rows `queries`, through attention and MLP, in place.
  ///
  /// `visit` may read and change each site's rows as soon as they exist: attnOut, residMid, mlpOut,
  /// residPost.
  func finish(
    _ residual: Rows<Device.Matrix>, queries: Queries, qkv: Device.Matrix,
    over keysValues: KeysValues<Device.Matrix>, trie: Device.Trie, pass: PassContext<Device>,
    lane: Int, visit: (HookSite, Rows<Device.Matrix>) -> Void
  ) throws(EngineError) {
    let device = pass.device
    let space = pass.workspaces[lane]
    let tile = 0..<residual.range.count
    let (normed, branch) = (Rows(space.normed, tile), Rows(space.branch, tile))

    let attended = Rows(space.attended, tile)
    try device.attend(
      queries, over: keysValues, from: qkv, heads: pass.heads, window: attention.window,
      trie: trie, into: attended, lane: lane)
    try wO.apply(attended, into: branch, on: device, lane: lane)
    if let attnPostNorm {
      device.normalise(branch, with: attnPostNorm, into: branch, lane: lane)
    }
    visit(.attnOut, branch)
    if pass.isParallel {
      device.normalise(residual, with: mlpNorm, into: normed, lane: lane)
      device.add(branch, to: residual, lane: lane)
    } else {
      device.add(branch, to: residual, lane: lane)
      visit(.residMid, residual)
      device.normalise(residual, with: mlpNorm, into: normed, lane: lane)
    }

    let (hidden, activated) = (Rows(space.hidden, tile), Rows(space.activated, tile))
    try wIn.apply(normed, into: hidden, on: device, lane: lane)
    device.activate(hidden, mlp: pass.mlp, into: activated, lane: lane)
    try wOut.apply(activated, into: branch, on: device, lane: lane)
    if let mlpPostNorm {
      device.normalise(branch, with: mlpPostNorm, into: branch, lane: lane)
    }
    visit(.mlpOut, branch)
    device.add(branch, to: residual, lane: lane)
    visit(.residPost, residual)
  }
}
