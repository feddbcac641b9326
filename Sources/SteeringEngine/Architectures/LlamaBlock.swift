import Checkpoints

/// The weights of one Llama block, packed for a device.
///
/// Pre-norm attention and pre-norm gated MLP, without biases (Touvron et al. 2023,
/// arXiv:2302.13971; grouped-query attention as in arXiv:2305.13245).
struct LlamaBlock<Device: Backend>: Sendable {
  let attnNorm: Device.Matrix
  let mlpNorm: Device.Matrix
  /// `[(nHeads + 2 nKVHeads) · dHead, dModel]`: query, key and value projections.
  let qkv: Device.Linear
  /// `[dModel, nHeads · dHead]`.
  let attnOut: Device.Linear
  /// `[2 dMLP, dModel]`: gate, then up projection.
  let gateUp: Device.Linear
  /// `[dModel, dMLP]`.
  let down: Device.Linear

  init(layer: Int, reader: WeightReader<Device>) throws(EngineError) {
    func role(_ tensor: BlockTensor) -> TensorRole { .block(layer, tensor) }
    attnNorm = try reader.vector(role(.attnNorm))
    mlpNorm = try reader.vector(role(.mlpNorm))
    qkv = try reader.linear([role(.q), role(.k), role(.v)])
    attnOut = try reader.linear([role(.attnOut)])
    gateUp = try reader.linear([role(.gate), role(.up)])
    down = try reader.linear([role(.down)])
    try reader.release(BlockTensor.allCases.map(role))
  }
}

/// Rows of one lane on their way through a block.
struct LlamaWorkspace<Device: Backend>: Sendable {
  /// `[row, dModel]`, for a product.
  let normed: Device.Matrix
  /// `[row, nHeads · dHead]`, for a product.
  let attended: Device.Matrix
  /// `[row, 2 dMLP]`.
  let gateUp: Device.Matrix
  /// `[row, dMLP]`, for a product.
  let gated: Device.Matrix
  /// `[row, dModel]`: what attention or MLP adds to the residual stream.
  let branch: Device.Matrix

  init(config: ModelConfig, rows: Int, device: Device) throws(EngineError) {
    normed = try device.makeMatrix(rows: rows, columns: config.dModel, feedsProducts: true)
    attended = try device.makeMatrix(
      rows: rows, columns: config.nHeads * config.dHead, feedsProducts: true)
    gateUp = try device.makeMatrix(rows: rows, columns: 2 * config.dMLP, feedsProducts: false)
    gated = try device.makeMatrix(rows: rows, columns: config.dMLP, feedsProducts: true)
    branch = try device.makeMatrix(rows: rows, columns: config.dModel, feedsProducts: false)
  }
}

extension LlamaBlock {
  /// Writes queries, keys and values of the rows `residual`, rotated, into the same rows of `qkv`.
  func project(
    _ residual: Rows<Device.Matrix>, into qkv: Rows<Device.Matrix>, trie: Device.Trie,
    pass: LlamaPass<Device>, lane: Int
  ) throws(EngineError) {
    let normed = Rows(pass.workspaces[lane].normed, 0..<residual.range.count)
    let device = pass.device
    device.rmsNorm(residual, weight: attnNorm, epsilon: pass.epsilon, into: normed, lane: lane)
    try device.multiply(normed, by: self.qkv, into: qkv, lane: lane)
    device.rotate(qkv, heads: pass.heads, trie: trie, table: pass.rotary, lane: lane)
  }

  /// Takes `residual`, whose trie rows are `queries`, through attention and MLP, in place.
  ///
  /// `observe` sees each site's rows as soon as they exist: attnOut, residMid, mlpOut, residPost.
  func finish(
    _ residual: Rows<Device.Matrix>, queries: ArraySlice<Int32>, qkv: Device.Matrix,
    trie: Device.Trie, pass: LlamaPass<Device>, lane: Int,
    observe: (HookSite, Rows<Device.Matrix>) -> Void
  ) throws(EngineError) {
    let device = pass.device
    let space = pass.workspaces[lane]
    let tile = 0..<residual.range.count
    let branch = Rows(space.branch, tile)

    try device.attend(
      queries, in: qkv, heads: pass.heads, trie: trie, into: Rows(space.attended, tile), lane: lane)
    try device.multiply(Rows(space.attended, tile), by: attnOut, into: branch, lane: lane)
    observe(.attnOut, branch)
    device.add(branch, to: residual, lane: lane)
    observe(.residMid, residual)

    let normed = Rows(space.normed, tile)
    device.rmsNorm(residual, weight: mlpNorm, epsilon: pass.epsilon, into: normed, lane: lane)
    try device.multiply(normed, by: gateUp, into: Rows(space.gateUp, tile), lane: lane)
    device.swiglu(Rows(space.gateUp, tile), into: Rows(space.gated, tile), lane: lane)
    try device.multiply(Rows(space.gated, tile), by: down, into: branch, lane: lane)
    observe(.mlpOut, branch)
    device.add(branch, to: residual, lane: lane)
    observe(.residPost, residual)
  }
}

/// What all blocks of a run share.
struct LlamaPass<Device: Backend>: Sendable {
  let device: Device
  let heads: HeadLayout
  let epsilon: Float
  let rotary: RotaryTable<Device.Matrix>
  /// One for every lane.
  let workspaces: [LlamaWorkspace<Device>]

  /// Prepares a run over sequences of at most `positions` tokens.
  init(config: ModelConfig, positions: Int, device: Device) throws(EngineError) {
    self.device = device
    heads = HeadLayout(
      nHeads: config.nHeads, nKVHeads: config.nKVHeads, dHead: config.dHead,
      scale: 1 / Float(config.dHead).squareRoot())
    epsilon = config.rmsNormEpsilon
    rotary = try .upload(config, positions: positions, to: device)
    var workspaces: [LlamaWorkspace<Device>] = []
    for _ in 0..<device.laneCount {
      workspaces.append(
        try LlamaWorkspace(config: config, rows: device.maxTileRows, device: device))
    }
    self.workspaces = workspaces
  }
}
