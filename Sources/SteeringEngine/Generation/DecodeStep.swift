/// One more token for every answer of a batch.
struct DecodeStep<Device: Backend> {
  let blocks: BlockStore<Device>
  let head: OutputHead<Device>
  let pass: PassContext<Device>
  let rotary: [RotaryTable<Device.Matrix>]
  let cache: KeyValueCache<Device>
  let batch: DecodeBatch<Device>
  let shouldStop: @Sendable () -> Bool

  private var device: Device { pass.device }

  /// Runs the answers' newest tokens through the model, and lets each choose its next.
  func run(
    qkv: Device.Matrix, logits: Device.Matrix, isSettled: @Sendable (Int, [Int32]) -> Bool
  ) throws(EngineError) {
    let reader = blocks.reader
    let answers = batch.answers
    let positions = answers.map { Int32($0.position) }
    let tokens = answers.map { $0.tokens[$0.tokens.count - 1] }
    let residual = try device.upload(
      reader.embeddings(of: tokens[...], at: positions[...]), columns: reader.config.dModel)
    let (places, rows) = (answers.indices.map(Int32.init), batch.newestRows)
    let (edits, trie, device) = (batch.edits, batch.trie, device)
    edits.apply(
      at: .embed, to: Rows(residual, answers.indices), numbers: places[...], device: device,
      lane: 0)
    for layer in 0..<reader.config.nLayers {
      let block = try blocks.block(layer)
      try device.forEachTile(of: answers.count, shouldStop: shouldStop) {
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
    try device.forEachTile(of: answers.count, shouldStop: shouldStop) {
      (lane, tile) throws(EngineError) in
      try head.unembed(Rows(residual, tile), into: Rows(logits, tile), lane: lane)
    }
    try device.forEachRow(of: answers.count) { row throws(EngineError) in
      try answers[row].advance(row, of: logits, device, isSettled)
    }
  }
}

extension Answer {
  func advance<Device: Backend>(
    _ row: Int, of logits: Device.Matrix, _ device: Device,
    _ isSettled: @Sendable (Int, [Int32]) -> Bool
  ) throws(EngineError) {
    try device.withRow(row, of: logits) { scores in
      Result { () throws(EngineError) in try advance(scores, isSettled: isSettled) }
    }.get()
  }
}
