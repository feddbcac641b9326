import Checkpoints

/// One pass: all chunks of sequences through layer 0, then all through layer 1, and so on.
///
/// The pass stops at the deepest block that a hook needs, and there finishes only the rows that are
/// read. Changed rows of a sequence leave the baseline at the first block that they differ in.
struct ForwardPass<Device: Backend> {
  let reader: WeightReader<Device>
  let blocks: BlockStore<Device>
  let hooks: [HookPoint]
  let shouldStop: @Sendable () -> Bool

  private var config: ModelConfig { reader.config }
  private var device: Device { reader.device }
  private var depth: Int {
    hooks.map { $0.blocksNeeded(nLayers: config.nLayers) }.max() ?? 0
  }

  /// Runs `ranges` of `sequences`, delivering rows as soon as a chunk has left a layer.
  ///
  /// `stepDone` is called after each chunk's step through a block, with the count of its rows.
  func run(
    _ sequences: [TokenSequence], chunks ranges: [Range<Int>],
    stepDone: (_ rows: Int) -> Void, deliver: (CapturedRows) throws(EngineError) -> Void
  ) throws(EngineError) {
    var chunks = try ranges.map { (range) throws(EngineError) in
      try Chunk(sequences, range: range, depth: depth, reader: reader)
    }
    for chunk in chunks {
      let wanted = aliases(of: .embed)
      guard !wanted.isEmpty else { break }
      let (rows, read) = try chunk.readRows(after: -1, device)
      try chunk.deliver(rows, read, as: wanted, device, deliver)
    }
    guard depth > 0 else { return }

    let step = try LayerStep(
      pass: PassContext(config: config, device: device), shouldStop: shouldStop,
      rows: chunks.map(\.tokens.rowCount).max() ?? 0)
    for index in chunks.indices { chunks[index].fork(at: 0, device) }
    for layer in 0..<depth {
      let block = try blocks.block(layer)
      for index in chunks.indices {
        stepDone(
          try take(&chunks[index], through: block, layer: layer, step: step, deliver))
      }
    }
  }

  /// Returns the count of rows that went through the block.
  private func take(
    _ chunk: inout Chunk<Device>, through block: TransformerBlock<Device>, layer: Int,
    step: LayerStep<Device>, _ deliver: (CapturedRows) throws(EngineError) -> Void
  ) throws(EngineError) -> Int {
    let isLast = layer == depth - 1
    let rowCount = chunk.live.count
    try step.project(chunk, through: block)
    if isLast { try chunk.keepOnlySources(after: layer, device) }

    let sites = capturedSites(at: layer)
    let read = sites.isEmpty ? .none : chunk.reads.rows(inside: layer)
    var captures: [HookSite: Device.Matrix] = [:]
    for site in sites {
      captures[site] = try device.makeMatrix(
        rows: read.numbers.count, columns: config.dModel, feedsProducts: false)
    }
    try step.finish(chunk, through: block, layer: layer, captures: captures, read: read)
    for site in HookSite.insideBlock {
      guard let values = captures[site] else { continue }
      try chunk.deliver(values, read, as: aliases(of: site.point(at: layer)), device, deliver)
    }

    let wanted = aliases(of: .residPost(layer))
    if isLast || !wanted.isEmpty {
      let (rows, read) = try chunk.readRows(after: layer, device)
      try chunk.deliver(rows, read, as: wanted, device, deliver)
      if isLast { try finish(rows, read, of: chunk, deliver) }
    }
    if !isLast { chunk.fork(at: layer + 1, device) }
    return rowCount
  }

  /// Final norm and unembedding of the rows that are read.
  private func finish(
    _ residual: Device.Matrix, _ read: ReadRows, of chunk: Chunk<Device>,
    _ deliver: (CapturedRows) throws(EngineError) -> Void
  ) throws(EngineError) {
    let (wantsNorm, wantsLogits) = (hooks.contains(.finalNorm), hooks.contains(.logits))
    guard wantsNorm || wantsLogits else { return }
    let head = try blocks.outputHead(needsLogits: wantsLogits)
    if wantsNorm {
      let normed = try device.makeMatrix(
        rows: read.numbers.count, columns: config.dModel, feedsProducts: false)
      try device.forEachTile(of: read.numbers.count, shouldStop: shouldStop) { lane, tile in
        head.normalise(Rows(residual, tile), into: Rows(normed, tile), lane: lane)
      }
      try chunk.deliver(normed, read, as: [.finalNorm], device, deliver)
    }
    if wantsLogits {
      let logits = try device.makeMatrix(
        rows: read.numbers.count, columns: config.dVocab, feedsProducts: false)
      try device.forEachTile(of: read.numbers.count, shouldStop: shouldStop) {
        (lane, tile) throws(EngineError) in
        try head.unembed(Rows(residual, tile), into: Rows(logits, tile), lane: lane)
      }
      try chunk.deliver(logits, read, as: [.logits], device, deliver)
    }
  }

  private func capturedSites(at layer: Int) -> [HookSite] {
    let wanted = Set(hooks.map(\.canonical).filter { $0.layer == layer }.map(\.site))
    return HookSite.insideBlock.filter(wanted.contains)
  }

  /// The hook points asked for that are these rows.
  private func aliases(of canonical: HookPoint) -> [HookPoint] {
    hooks.filter { $0.canonical == canonical }
  }
}
