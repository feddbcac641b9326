#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension SteeringEngine {
  /// Tokens that are enough to see the rate of a run.
  private static let sampleTokens = 2048

  /// Seconds that a planned run should take, from timing the first of its sequences in one block.
  ///
  /// Counts the blocks, not the unembedding or the writing of results.
  public func estimateSeconds(
    _ sequences: [TokenSequence], plan: RunPlan
  ) throws(EngineError) -> Double {
    var sample: [TokenSequence] = []
    var tokens = 0
    for sequence in sequences where tokens < Self.sampleTokens {
      sample.append(TokenSequence(tokens: sequence.tokens, readPositions: []))
      tokens += sequence.tokens.count
    }
    guard plan.blockCount > 0, !sample.isEmpty else { return 0 }
    // The first run touches memory and files that later ones find at hand.
    _ = try time(sample, blocks: 2)
    // One more block than is timed, so that the timed one finishes all its rows like most do.
    let one = try time(sample, blocks: 2)
    let two = try time(sample, blocks: 3)
    let perRow = max(two.seconds - one.seconds, 0) / Double(two.rows)
    return perRow * Double(plan.rowSteps) + one.seconds
  }

  private func time(
    _ sample: [TokenSequence], blocks: Int
  ) throws(EngineError) -> (seconds: Double, rows: Int) {
    let hooks = [HookPoint.residPost(min(blocks, config.nLayers) - 1)]
    let plan = try plan(sample, capturing: hooks, memoryBudget: .max)
    let start = KernelClock.now()
    try run(sample, plan: plan, capturing: hooks) { _ in }
    return (KernelClock.now() - start, plan.rowCount)
  }
}
