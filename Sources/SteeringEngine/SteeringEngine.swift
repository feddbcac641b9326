import Checkpoints

/// Runs a transformer over token sequences and reads its rows at named hook points.
public final class SteeringEngine: Sendable {
  public let config: ModelConfig
  public let precision: Precision
  /// Worker threads.
  public let threads: Int
  private let checkpoint: any Checkpoint
  private let backend: CPUBackend

  /// Opens a model; its weights are read when a run needs them.
  public init(
    checkpoint: any Checkpoint, precision: Precision, threads: Int
  ) throws(EngineError) {
    self.checkpoint = checkpoint
    config = checkpoint.config
    self.precision = precision
    self.threads = max(threads, 1)
    backend = try CPUBackend(precision: precision, threads: threads)
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
    let reader = WeightReader(checkpoint: checkpoint, device: backend)
    let pass = ForwardPass(reader: reader, hooks: hooks, shouldStop: shouldStop)
    let work = Double(max(plan.tokenCount * plan.blockCount, 1))
    var done = 0
    for chunks in plan.passes {
      try pass.run(
        sequences, chunks: chunks,
        stepDone: { tokens in
          done += tokens
          progress(Double(done) / work)
        }, deliver: deliver)
      if let first = chunks.first, let last = chunks.last {
        try passDone(first.lowerBound..<last.upperBound)
      }
    }
  }

  private func check(_ sequences: [TokenSequence], _ hooks: [HookPoint]) throws(EngineError) {
    for hook in hooks {
      if let layer = hook.layer, !(0..<config.nLayers).contains(layer) {
        throw .noSuchLayer(hook, nLayers: config.nLayers)
      }
      if config.isParallel, hook.site == .residMid { throw .noResidMid(config.architecture) }
    }
    for (index, sequence) in sequences.enumerated() {
      try check(sequence, index: index)
    }
  }

  private func check(_ sequence: TokenSequence, index: Int) throws(EngineError) {
    let count = sequence.tokens.count
    guard count > 0 else { throw .emptySequence(sequence: index) }
    guard count <= config.nCtx else {
      throw .sequenceTooLong(sequence: index, tokens: count, limit: config.nCtx)
    }
    for token in sequence.tokens where !(0..<config.dVocab).contains(Int(token)) {
      throw .unknownToken(sequence: index, token: token, vocabulary: config.dVocab)
    }
    for position in sequence.readPositions where !(0..<count).contains(position) {
      throw .noSuchPosition(sequence: index, position: position, tokens: count)
    }
  }
}
