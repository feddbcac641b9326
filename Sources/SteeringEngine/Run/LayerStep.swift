/// Takes the rows of a chunk through one block, in two phases with all lanes.
///
/// Queries, keys and values need every row of the layer below; everything after them needs every
/// key of this layer.
struct LayerStep<Device: Backend>: Sendable {
  let pass: PassContext<Device>
  let shouldStop: @Sendable () -> Bool
  /// `[row, qkv]` of the chunk that is in the block.
  let qkv: Device.Matrix

  private var device: Device { pass.device }

  /// Makes room for chunks of at most `rows` rows.
  init(
    pass: PassContext<Device>, shouldStop: @escaping @Sendable () -> Bool, rows: Int
  ) throws(EngineError) {
    self.pass = pass
    self.shouldStop = shouldStop
    qkv = try pass.device.makeMatrix(
      rows: rows, columns: pass.heads.width, feedsProducts: false)
  }

  /// Computes queries, keys and values of all live rows.
  ///
  /// Keys and values are those that a cache would hold, so that an answer's rows have the same bits
  /// as in a longer prompt.
  func project(
    _ chunk: Chunk<Device>, through block: TransformerBlock<Device>
  ) throws(EngineError) {
    let (residual, rotary, qkv) = (chunk.residual, chunk.rotary, qkv)
    let positions = chunk.tokens.positions
    try device.forEachTile(of: chunk.live.count, shouldStop: shouldStop) {
      (lane, tile) throws(EngineError) in
      try block.project(
        Rows(residual, tile), into: Rows(qkv, tile), positions: positions[tile], rotary: rotary,
        pass: pass, lane: lane)
      device.roundKeysValues(Rows(qkv, tile), heads: pass.heads, lane: lane)
    }
  }

  /// Attention and MLP of the live rows; changes what interventions change, then captures.
  func finish(
    _ chunk: Chunk<Device>, through block: TransformerBlock<Device>, layer: Int,
    captures: [HookSite: Device.Matrix] = [:], read: ReadRows = .none
  ) throws(EngineError) {
    let (live, residual, trie, edits) = (chunk.live, chunk.residual, chunk.trie, chunk.edits)
    let keysValues = KeysValues(
      matrix: qkv, column: pass.heads.keyColumn, isCold: false)
    try device.forEachTile(of: live.count, shouldStop: shouldStop) {
      (lane, tile) throws(EngineError) in
      let rows = live[tile]
      let pairs = read.pairs(among: rows)
      try block.finish(
        Rows(residual, tile), queries: Queries(rows: rows, places: rows), qkv: qkv,
        over: keysValues, trie: trie, pass: pass, lane: lane
      ) { site, values in
        edits.apply(
          at: site.point(at: layer), to: values, numbers: rows, device: device, lane: lane)
        guard let capture = captures[site], !pairs.isEmpty else { return }
        device.copyRows(pairs, of: values, to: capture, lane: lane)
      }
    }
  }
}
