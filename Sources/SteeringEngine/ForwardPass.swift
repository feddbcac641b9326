import Checkpoints

/// One pass: all chunks of sequences through layer 0, then all through layer 1, and so on.
///
/// Each layer's weights are packed, used by every chunk and dropped. The pass stops at the deepest
/// block that a hook needs, and there finishes only the rows that are read.
struct ForwardPass<Device: Backend> {
  let reader: WeightReader<Device>
  let hooks: [HookPoint]
  let shouldStop: @Sendable () -> Bool

  private var config: ModelConfig { reader.config }
  private var device: Device { reader.device }
  private var depth: Int {
    hooks.map { $0.blocksNeeded(nLayers: config.nLayers) }.max() ?? 0
  }

  /// Runs `ranges` of `sequences`, delivering rows as soon as a chunk has left a layer.
  ///
  /// `stepDone` is called after each chunk's step through a block, with the chunk's token count.
  func run(
    _ sequences: [TokenSequence], chunks ranges: [Range<Int>],
    stepDone: (_ tokens: Int) -> Void, deliver: (CapturedRows) throws -> Void
  ) throws {
    var chunks = try ranges.map { try Chunk(sequences, range: $0, reader: reader) }
    for chunk in chunks { try deliverEmbedding(of: chunk, deliver) }
    guard depth > 0 else { return }

    let pass = try PassContext(config: config, device: device)
    let qkv = try device.makeMatrix(
      rows: chunks.map(\.tokens.rowCount).max() ?? 0, columns: pass.heads.width,
      feedsProducts: false)
    for layer in 0..<depth {
      let block = try TransformerBlock(layer: layer, reader: reader)
      for index in chunks.indices {
        try step(&chunks[index], through: block, layer: layer, qkv: qkv, pass: pass, deliver)
        stepDone(chunks[index].tokenCount)
      }
    }
    if hooks.contains(.finalNorm) || hooks.contains(.logits) {
      try finish(chunks, deliver)
    }
  }

  private func step(
    _ chunk: inout Chunk<Device>, through block: TransformerBlock<Device>, layer: Int,
    qkv: Device.Matrix, pass: PassContext<Device>, _ deliver: (CapturedRows) throws -> Void
  ) throws {
    let (residual, trie, rotary) = (chunk.residual, chunk.trie, chunk.rotary)
    try device.forEachTile(of: chunk.tokens.rowCount, shouldStop: shouldStop) {
      (lane, tile) throws(EngineError) in
      try block.project(
        Rows(residual, tile), into: Rows(qkv, tile), trie: trie, rotary: rotary, pass: pass,
        lane: lane)
    }

    if layer == depth - 1 { try chunk.keepOnlyReads(device) }
    let sites = capturedSites(at: layer)
    var captures: [HookSite: Device.Matrix] = [:]
    for site in sites { captures[site] = try chunk.makeCapture(columns: config.dModel, device) }
    let (kept, queries, reads, buffers) = (chunk.residual, chunk.live, chunk.reads, captures)
    try device.forEachTile(of: queries.count, shouldStop: shouldStop) {
      (lane, tile) throws(EngineError) in
      let slots = reads.slots(among: queries[tile])
      try block.finish(
        Rows(kept, tile), queries: queries[tile], qkv: qkv, trie: trie, pass: pass, lane: lane
      ) { site, rows in
        guard let buffer = buffers[site], !slots.isEmpty else { return }
        self.device.copyRows(slots, of: rows, to: buffer, lane: lane)
      }
    }
    for site in HookSite.computedByBlock {
      guard let buffer = captures[site] else { continue }
      try chunk.deliver(buffer, as: aliases(of: site.point(at: layer)), device, deliver)
    }
  }

  private func deliverEmbedding(
    of chunk: Chunk<Device>, _ deliver: (CapturedRows) throws -> Void
  ) throws {
    let wanted = aliases(of: .embed)
    guard !wanted.isEmpty else { return }
    let buffer = try chunk.makeCapture(columns: config.dModel, device)
    let everyRow = Rows(chunk.residual, 0..<chunk.live.count)
    device.copyRows(chunk.reads.slots(among: chunk.live[...]), of: everyRow, to: buffer, lane: 0)
    try chunk.deliver(buffer, as: wanted, device, deliver)
  }

  /// Final norm and unembedding of the rows that are read.
  private func finish(_ chunks: [Chunk<Device>], _ deliver: (CapturedRows) throws -> Void) throws {
    let head = try OutputHead(reader: reader, needsLogits: hooks.contains(.logits))
    for chunk in chunks {
      let (residual, count) = (chunk.residual, chunk.live.count)
      if hooks.contains(.finalNorm) {
        let normed = try chunk.makeCapture(columns: config.dModel, device)
        try device.forEachTile(of: count, shouldStop: shouldStop) { lane, tile in
          head.normalise(Rows(residual, tile), into: Rows(normed, tile), lane: lane)
        }
        try chunk.deliver(normed, as: [.finalNorm], device, deliver)
      }
      if hooks.contains(.logits) {
        let logits = try chunk.makeCapture(columns: config.dVocab, device)
        try device.forEachTile(of: count, shouldStop: shouldStop) {
          (lane, tile) throws(EngineError) in
          try head.unembed(Rows(residual, tile), into: Rows(logits, tile), lane: lane)
        }
        try chunk.deliver(logits, as: [.logits], device, deliver)
      }
    }
  }

  private func capturedSites(at layer: Int) -> Set<HookSite> {
    Set(hooks.map(\.canonical).filter { $0.layer == layer }.map(\.site))
  }

  /// The hook points asked for that are these rows.
  private func aliases(of canonical: HookPoint) -> [HookPoint] {
    hooks.filter { $0.canonical == canonical }
  }
}
