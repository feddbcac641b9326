import ModelLibrary
import Prompts
import SteeringEngine

/// Where the time of whole runs goes, and their products' rate beside the products' rate alone.
struct EngineRuns: Encodable, Sendable {
  let precision: String
  let prompts: Int
  let tokens: Int
  /// Rows that are computed: tokens after sharing prefixes.
  let rows: Int
  /// Seconds of one run: from tokens in memory to rows in memory.
  let time: Samples
  /// Kernel to its share of the lanes' busy time, at the median of the runs.
  let shares: [String: Double]
  /// The share of the threads' wall time in which they run no kernel: waiting, or work not timed.
  let idleShare: Double
  /// GFLOP/s of the products inside the runs, all threads together, one for each run.
  let productRates: [Double]
  /// GFLOP/s of a block's products alone, measured right after each run.
  let aloneRates: [Double]
  /// The products' operations over the whole time of a run, over the peak of multiply-adds.
  let ofPeak: [Double]

  /// The median over runs of how near the products come to the rate that they have alone.
  var rateRatio: Double { median(zip(productRates, aloneRates).map { $0 / $1 }) }
  var tokensPerSecond: Double { Double(tokens) / time.median }
}

/// Runs the engine over prompts: every layer's residual stream after the block, last position.
struct EngineBenchmark {
  private let model: LanguageModel
  private let sequences: [TokenSequence]

  init(model: LanguageModel, promptPath: String, limit: Int?) throws {
    self.model = model
    let set = try PromptSet.read(
      path: promptPath, options: PromptFileOptions(sample: limit.map { .first($0) } ?? .all))
    let encoder = try PromptEncoder(model: model, format: PromptFormat())
    sequences = try set.prompts.map { prompt in
      let encoded = try encoder.encode(prompt.text)
      return TokenSequence(tokens: encoded.tokens, readPositions: [encoded.last])
    }
  }

  /// Runs once to warm up and then `team.samples` times, alternating with the products alone.
  func measure(
    _ precision: Precision, alone: BlockProducts, team: Team, peak: Peak
  ) throws -> EngineRuns {
    let engine = try SteeringEngine(
      checkpoint: model.checkpoint, precision: precision, threads: team.threads)
    let hooks = (0..<model.config.nLayers).map(HookPoint.residPost)
    let plan = try engine.plan(sequences, capturing: hooks, memoryBudget: .max)
    try engine.run(sequences, plan: plan, capturing: hooks) { _ in }

    var runs: [Run] = []
    for _ in 0..<team.samples {
      let before = engine.clock
      let start = now()
      try engine.run(sequences, plan: plan, capturing: hooks) { _ in }
      runs.append(
        Run(
          seconds: now() - start, before: before, after: engine.clock, threads: team.threads,
          aloneRate: alone.measure().rate))
    }
    return EngineRuns(
      precision: precision.rawValue, prompts: sequences.count, tokens: plan.tokenCount,
      rows: plan.rowCount, time: Samples(runs.map(\.seconds)), shares: Run.medianShares(runs),
      idleShare: median(runs.map(\.idleShare)),
      productRates: runs.map(\.productRate), aloneRates: runs.map(\.aloneRate),
      ofPeak: runs.map { $0.operations / $0.seconds / 1e9 / peak.multiplyAdds })
  }
}

/// What one run of the engine told.
private struct Run {
  let seconds: Double
  let shares: [String: Double]
  let idleShare: Double
  /// Floating point operations of its products.
  let operations: Double
  let productRate: Double
  let aloneRate: Double

  init(seconds: Double, before: KernelClock, after: KernelClock, threads: Int, aloneRate: Double) {
    self.seconds = seconds
    self.aloneRate = aloneRate
    let total = after.total - before.total
    var shares: [String: Double] = [:]
    for kernel in KernelClock.Kernel.allCases {
      shares["\(kernel)"] = (after[kernel] - before[kernel]) / total
    }
    self.shares = shares
    idleShare = 1 - total / (seconds * Double(threads))
    operations = after.productOperations - before.productOperations
    productRate = operations / (after[.product] - before[.product]) * Double(threads) / 1e9
  }

  static func medianShares(_ runs: [Run]) -> [String: Double] {
    guard let names = runs.first?.shares.keys else { return [:] }
    return names.reduce(into: [:]) { shares, name in
      shares[name] = median(runs.compactMap { $0.shares[name] })
    }
  }
}

func median(_ values: [Double]) -> Double { Samples(values).median }
