import Checkpoints

/// Runs a transformer over token sequences and reads its rows at named hook points.
public final class SteeringEngine: Sendable {
  public let config: ModelConfig
  public let precision: Precision
  /// Worker threads.
  public let threads: Int
  let backend: CPUBackend
  let blocks: BlockStore<CPUBackend>

  /// Opens a model; its weights are read when a run needs them.
  ///
  /// Up to `weightBudget` bytes of packed weights stay in memory for later runs, which generation,
  /// a run per token, depends on for its speed.
  public init(
    checkpoint: any Checkpoint, precision: Precision, threads: Int, weightBudget: Int = 0
  ) throws(EngineError) {
    config = checkpoint.config
    self.precision = precision
    self.threads = max(threads, 1)
    backend = try CPUBackend(precision: precision, threads: threads)
    blocks = BlockStore(
      reader: WeightReader(checkpoint: checkpoint, device: backend), budget: weightBudget,
      precision: precision)
  }

  /// Lane time by kernel, summed over all runs so far.
  public var clock: KernelClock { backend.clock }

  /// Checks a run and cuts it so that it needs at most `memoryBudget` bytes.
  public func plan(
    _ sequences: [TokenSequence], capturing hooks: [HookPoint], memoryBudget: Int
  ) throws(EngineError) -> RunPlan {
    try check(sequences, hooks)
    return try RunPlan(
      sequences, hooks: hooks, config: config, precision: precision, budget: memoryBudget)
  }

  /// Runs `sequences` as `plan` says and delivers the rows of every hook point in `hooks`.
  ///
  /// A hook point's rows come once per chunk of the plan, deeper hook points later. `progress` gets
  /// the share of the work that is done, in 0...1; `passDone` the sequences all of whose rows were
  /// delivered. Nothing of a sequence's rows depends on the other sequences, the chunks or the count
  /// of threads.
  ///
  /// - Throws: ``EngineError``, or what `deliver` or `passDone` throws.
  public func run(
    _ sequences: [TokenSequence], plan: RunPlan, capturing hooks: [HookPoint],
    shouldStop: @escaping @Sendable () -> Bool = { false },
    progress: (Double) -> Void = { _ in }, passDone: (Range<Int>) throws -> Void = { _ in },
    deliver: (CapturedRows) throws -> Void
  ) throws {
    try check(sequences, hooks)
    let pass = ForwardPass(
      reader: blocks.reader, blocks: blocks, hooks: hooks, shouldStop: shouldStop)
    let work = Double(max(plan.rowSteps, 1))
    var done = 0
    for chunks in plan.passes {
      try pass.run(
        sequences, chunks: chunks,
        stepDone: { rows in
          done += rows
          progress(Double(done) / work)
        }, deliver: deliver)
      if let first = chunks.first, let last = chunks.last {
        try passDone(first.lowerBound..<last.upperBound)
      }
    }
  }
}
