import SteeringEngine

/// Turns the points of a sweep into interventions on a sequence.
struct PointInterventions: Sendable {
  let vectors: VectorSet?
  /// What zero and mean ablation change.
  let sites: [HookSite]
  let means: BlockMeans?

  func interventions(
    _ point: AblationPoint, positions: Intervention.Positions
  ) -> [Intervention] {
    point.window.layers.flatMap { layer in
      operations(point, layer: layer).map { hook, operation in
        Intervention(operation, at: hook, positions: positions)
      }
    }
  }

  private func operations(
    _ point: AblationPoint, layer: Int
  ) -> [(HookPoint, Intervention.Operation)] {
    switch point.mode {
    case .steer:
      vector(layer).map { vector in
        [(.residPost(layer), .add(vector, coefficient: Float(Double(point.sign) * point.alpha)))]
      } ?? []
    case .projectOut: vector(layer).map { [(.residPost(layer), .projectOut($0))] } ?? []
    case .skip: [(.residPost(layer), .skipBlock)]
    case .zero: sites.map { ($0.point(at: layer), .zero) }
    case .mean:
      sites.compactMap { site in
        means?[site.point(at: layer)].map { (site.point(at: layer), .replace($0)) }
      }
    }
  }

  /// The sweep has checked that the set has the layers of all its windows.
  private func vector(_ layer: Int) -> [Float]? { vectors?.vector(atLayer: layer) }
}

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
