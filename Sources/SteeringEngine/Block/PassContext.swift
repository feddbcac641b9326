import Checkpoints

/// What all blocks of a pass share.
struct PassContext<Device: Backend>: Sendable {
  let device: Device
  let heads: HeadLayout
  let mlp: MLP
  let isParallel: Bool
  /// One for every lane.
  let workspaces: [Workspace<Device>]

  init(config: ModelConfig, device: Device) throws(EngineError) {
    self.device = device
    heads = HeadLayout(
      nHeads: config.nHeads, nKVHeads: config.nKVHeads, dHead: config.dHead,
      scale: config.attentionScale, softcap: config.attentionSoftcap)
    mlp = config.mlp
    isParallel = config.isParallel
    var workspaces: [Workspace<Device>] = []
    for _ in 0..<device.laneCount {
      workspaces.append(try Workspace(config: config, rows: device.maxTileRows, device: device))
    }
    self.workspaces = workspaces
  }
}

/// Rows of one lane on their way through a block.
struct Workspace<Device: Backend>: Sendable {
  /// `[row, dModel]`, for a product.
  let normed: Device.Matrix
  /// `[row, nHeads · dHead]`, for a product.
  let attended: Device.Matrix
  /// `[row, 2 dMLP]` with a gate, else `[row, dMLP]`.
  let hidden: Device.Matrix
  /// `[row, dMLP]`, for a product.
  let activated: Device.Matrix
  /// `[row, dModel]`: what attention or MLP adds to the residual stream.
  let branch: Device.Matrix

  init(config: ModelConfig, rows: Int, device: Device) throws(EngineError) {
    let hiddenWidth = (config.mlp.isGated ? 2 : 1) * config.dMLP
    normed = try device.makeMatrix(rows: rows, columns: config.dModel, feedsProducts: true)
    attended = try device.makeMatrix(
      rows: rows, columns: config.nHeads * config.dHead, feedsProducts: true)
    hidden = try device.makeMatrix(rows: rows, columns: hiddenWidth, feedsProducts: false)
    activated = try device.makeMatrix(rows: rows, columns: config.dMLP, feedsProducts: true)
    branch = try device.makeMatrix(rows: rows, columns: config.dModel, feedsProducts: false)
  }
}
