extension SteeringEngine {
  /// Projects rows `[row, dModel]` of the residual stream through the unembedding.
  ///
  /// `applyingFinalNorm` puts the model's final norm before it, as the model itself does. `body`
  /// gets every row's index and its scores `[dVocab]`, valid during the call only; it is called from
  /// several threads at once, in no particular order.
  public func unembed(
    _ rows: [Float], applyingFinalNorm: Bool,
    shouldStop: @escaping @Sendable () -> Bool = { false },
    _ body: @escaping @Sendable (_ row: Int, _ scores: UnsafeBufferPointer<Float>) -> Void
  ) throws(EngineError) {
    turn.lock()
    defer { turn.unlock() }
    let head = try blocks.outputHead(needsLogits: true)
    let count = rows.count / config.dModel
    let residual = try backend.upload(rows, columns: config.dModel)
    let logits = try head.makeLogits()
    try backend.forEachTile(of: count, shouldStop: shouldStop) {
      [backend] (lane, tile) throws(EngineError) in
      let out = Rows(logits[lane], 0..<tile.count)
      try head.unembed(
        Rows(residual, tile), into: out, applyingFinalNorm: applyingFinalNorm, lane: lane)
      for row in tile {
        let own = row - tile.lowerBound
        backend.withRows(Rows(out.matrix, own..<own + 1)) { scores in
          body(row, UnsafeBufferPointer(scores))
        }
      }
    }
  }
}
