import Checkpoints
import Foundation

/// Runs a transformer over token sequences and reads its rows at named hook points.
///
/// Runs of one engine take turns, since they share its workers and their memory: one that begins on
/// another thread waits until the one under way has ended. A run may be begun within the closures
/// that another calls on its own thread.
public final class SteeringEngine: Sendable {
  public let config: ModelConfig
  public let precision: Precision
  /// Worker threads.
  public let threads: Int
  /// What the kernels use of the processor.
  public let instructionSet: InstructionSet
  let backend: CPUBackend
  /// Held by a run from its beginning to its end.
  let turn = NSRecursiveLock()
  let blocks: BlockStore<CPUBackend>

  /// Opens a model; its weights are read when a run needs them.
  ///
  /// Up to `weightBudget` bytes of packed weights stay in memory for later runs, which generation,
  /// a run per token, depends on for its speed.
  /// Products are those of `instructionSet`, by default ``InstructionSet/inUse()``.
  ///
  /// - Throws: ``EngineError/noInstructionSet(_:available:)``.
  public init(
    checkpoint: any Checkpoint, precision: Precision, threads: Int, weightBudget: Int = 0,
    instructionSet: InstructionSet? = nil
  ) throws(EngineError) {
    config = checkpoint.config
    self.precision = precision
    self.threads = max(threads, 1)
    let inUse = try InstructionSet.inUse()
    self.instructionSet = instructionSet ?? inUse
    backend = CPUBackend(
      precision: precision, threads: threads, instructionSet: self.instructionSet)
    blocks = BlockStore(
      reader: WeightReader(checkpoint: checkpoint, device: backend), budget: weightBudget)
  }

  /// Lane time by kernel, summed over all runs so far.
  public var clock: KernelClock { backend.clock }

  /// Checks a run and cuts it so that it needs at most `memoryBudget` bytes.
  public func plan(
    _ sequences: [TokenSequence], capturing hooks: [HookPoint], memoryBudget: Int
  ) throws(EngineError) -> RunPlan {
    try check(sequences, hooks)
    return try RunPlan(
      sequences, hooks: hooks, config: config, precision: precision, weights: blocks.sizes,
      budget: memoryBudget)
  }

  /// Runs `sequences` as `plan` says and delivers the rows of every hook point in `hooks`.
  ///
  /// A hook point's rows come once per chunk of the plan, deeper hook points later. `progress` gets
  /// the share of the work that is done, in 0...1; `passDone` the sequences all of whose rows were
  /// delivered. Nothing of a sequence's rows depends on the other sequences, the chunks or the count
  /// of threads.
  ///
  /// - Throws: what `deliver` or `passDone` throws as ``RunError/handler(_:)``.
  public func run<Failure: Error>(
    _ sequences: [TokenSequence], plan: RunPlan, capturing hooks: [HookPoint],
    shouldStop: @escaping @Sendable () -> Bool = { false },
    progress: (Double) -> Void = { _ in },
    passDone: (Range<Int>) throws(Failure) -> Void = { _ in },
    deliver: (CapturedRows) throws(Failure) -> Void
  ) throws(RunError<Failure>) {
    var handler = Handler<Failure>()
    do throws(EngineError) {
      try runPasses(
        sequences, plan: plan, capturing: hooks, shouldStop: shouldStop, progress: progress,
        passDone: { (range) throws(EngineError) in
          try handler.call { () throws(Failure) in try passDone(range) }
        },
        deliver: { (rows) throws(EngineError) in
          try handler.call { () throws(Failure) in try deliver(rows) }
        })
    } catch {
      throw handler.error(error)
    }
  }

  /// Runs `sequences` as `plan` says, for a `deliver` that cannot fail.
  public func run(
    _ sequences: [TokenSequence], plan: RunPlan, capturing hooks: [HookPoint],
    shouldStop: @escaping @Sendable () -> Bool = { false },
    progress: (Double) -> Void = { _ in }, deliver: (CapturedRows) -> Void
  ) throws(EngineError) {
    try runPasses(
      sequences, plan: plan, capturing: hooks, shouldStop: shouldStop, progress: progress,
      passDone: { _ in }, deliver: deliver)
  }

  private func runPasses(
    _ sequences: [TokenSequence], plan: RunPlan, capturing hooks: [HookPoint],
    shouldStop: @escaping @Sendable () -> Bool, progress: (Double) -> Void,
    passDone: (Range<Int>) throws(EngineError) -> Void,
    deliver: (CapturedRows) throws(EngineError) -> Void
  ) throws(EngineError) {
    try check(sequences, hooks)
    turn.lock()
    defer { turn.unlock() }
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

/// The number format of the inputs of matrix products.
///
/// Beside bf16, keys and values are float16. Sums and the residual stream are float32 either way.
public enum Precision: String, CaseIterable, Sendable, CustomStringConvertible {
  case f32
  case bf16

  public var description: String { rawValue }

  var byteCount: Int {
    switch self {
    case .f32: 4
    case .bf16: 2
    }
  }
}
