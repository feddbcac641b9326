/// One more token for every answer of a batch.
struct DecodeStep<Device: Backend> {
  let blocks: BlockStore<Device>
  let pass: PassContext<Device>
  let rotary: [RotaryTable<Device.Matrix>]
  let cache: KeyValueCache<Device>
  let batch: DecodeBatch<Device>
  let choice: TokenChoice<Device>

  /// Runs the answers' newest tokens through the model, and lets each choose its next.
  func run(qkv: Device.Matrix) throws(EngineError) {
    let (reader, device) = (blocks.reader, pass.device)
    let (positions, tokens, rows) = (batch.positions, batch.tokens, batch.newestRows)
    let residual = try device.upload(
      reader.embeddings(of: tokens[...], at: positions[...]), columns: reader.config.dModel)
    let places = rows.indices.map(Int32.init)
    let (edits, trie) = (batch.edits, batch.trie)
    edits.apply(
      at: .embed, to: Rows(residual, rows.indices), numbers: places[...], device: device, lane: 0)
    for layer in 0..<reader.config.nLayers {
      let block = try blocks.block(layer)
      try device.forEachTile(of: rows.count, shouldStop: choice.shouldStop) {
        (lane, tile) throws(EngineError) in
        try block.project(
          Rows(residual, tile), into: Rows(qkv, tile), positions: positions[tile],
          rotary: rotary, pass: pass, lane: lane)
        cache.store(rows: tile, of: qkv, at: layer, in: rows[tile], lane: lane)
        try block.finish(
          Rows(residual, tile), queries: Queries(rows: rows[tile], places: places[tile]), qkv: qkv,
          over: cache.keysValues(at: layer), trie: trie, pass: pass, lane: lane
        ) { site, values in
          edits.apply(
            at: site.point(at: layer), to: values, numbers: places[tile], device: device,
            lane: lane)
        }
      }
    }
    try choice.choose(batch.answers, from: residual)
  }
}
