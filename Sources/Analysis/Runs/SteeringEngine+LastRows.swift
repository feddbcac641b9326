import SteeringEngine

extension SteeringEngine {
  /// `[read, dModel]`: the last block's `resid_post` at the read positions of sequences, in order.
  ///
  /// Errors count the sequences from `first`.
  func lastRows(
    _ sequences: [TokenSequence], from first: Int = 0, memoryBudget: Int,
    shouldStop: @escaping @Sendable () -> Bool, progress: (Double) -> Void = { _ in }
  ) throws(EngineError) -> [Float] {
    let hooks = [HookPoint.residPost(config.nLayers - 1)]
    var rows: [Float] = []
    rows.reserveCapacity(sequences.reduce(0) { $0 + $1.readPositions.count } * config.dModel)
    do throws(EngineError) {
      let plan = try plan(sequences, capturing: hooks, memoryBudget: memoryBudget)
      try run(
        sequences, plan: plan, capturing: hooks, shouldStop: shouldStop, progress: progress
      ) { rows += $0.values }
    } catch {
      guard case .nonFinite(let hook, let sequence, let position) = error else { throw error }
      throw .nonFinite(hook, sequence: first + sequence, position: position)
    }
    return rows
  }
}
