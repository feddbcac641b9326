import SteeringEngine

/// Mean rows of what blocks add to the residual stream, summed in double precision.
struct BlockMeans: Sendable {
  private var means: [HookPoint: [Float]] = [:]

  /// Runs the sequences as they are; their read positions are what is averaged over.
  init(
    of sites: [HookSite], layers: [Int], over sequences: [TokenSequence], engine: SteeringEngine,
    memoryBudget: Int, shouldStop: @escaping @Sendable () -> Bool
  ) throws {
    let hooks = layers.flatMap { layer in sites.map { $0.point(at: layer) } }
    guard !hooks.isEmpty else { return }
    let width = engine.config.dModel
    var sums: [HookPoint: [Double]] = [:]
    let plan = try engine.plan(sequences, capturing: hooks, memoryBudget: memoryBudget)
    try engine.run(sequences, plan: plan, capturing: hooks, shouldStop: shouldStop) { captured in
      var sum = sums[captured.hook] ?? [Double](repeating: 0, count: width)
      for (index, value) in captured.values.enumerated() { sum[index % width] += Double(value) }
      sums[captured.hook] = sum
    }
    let count = Double(sequences.reduce(0) { $0 + $1.readPositions.count })
    means = sums.mapValues { $0.map { Float($0 / count) } }
  }

  /// `[dModel]`.
  subscript(hook: HookPoint) -> [Float]? { means[hook] }
}
