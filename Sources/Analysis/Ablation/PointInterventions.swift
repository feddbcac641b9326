import Numerics
import SteeringEngine

/// Turns the points of a sweep into interventions on a sequence.
struct PointInterventions: Sendable {
  /// What of a point its vector at a layer hangs on.
  private struct Place: Hashable {
    var alpha: Strength
    var control: Int?
    var layer: Int
  }

  /// What zero and mean ablation change.
  let sites: [HookSite]
  let means: BlockMeans?
  /// Vectors, what each is multiplied with before its sign, and its length as a share of the residual
  /// stream's, where that is known.
  private var added: [Place: (vector: [Float], coefficient: Double, share: Double?)] = [:]

  /// `points` are all that will be asked for; refuses those whose vectors are not there.
  init(
    for points: [AblationPoint], vectors: (set: VectorSet, path: String)?, sites: [HookSite],
    means: BlockMeans?
  ) throws(AnalysisError) {
    self.sites = sites
    self.means = means
    var sets: [Int?: VectorSet] = [nil: vectors?.set].compactMapValues { $0 }
    for point in points where point.mode.needsVectors {
      guard let vectors else { throw .ablation(.noVectors(point.mode)) }
      let set = sets[point.control] ?? vectors.set.control(point.control ?? 0)
      sets[point.control] = set
      do throws(VectorError) {
        for place in try set.places(ofLayers: point.window.layers, path: vectors.path) {
          let vector = set.vectors[place]
          let coefficient = try set.coefficient(
            point.alpha, of: vector, at: place, path: vectors.path)
          let share = set.residualNorms.map { abs(coefficient) * norm(vector) / $0[place] }
          added[
            Place(alpha: point.alpha, control: point.control, layer: set.layers[place])] = (
              vector, coefficient, share
            )
        }
      } catch {
        throw .vectors(error)
      }
    }
  }

  /// |alpha v| / |x| where it is largest in a point's window; nil where nothing is added, or where the
  /// vectors do not say how long the residual stream is.
  func largestShare(of point: AblationPoint) -> Double? {
    guard point.mode == .steer else { return nil }
    return point.window.layers.compactMap { self[point, $0]?.share }.max()
  }

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
      self[point, layer].map { added in
        let coefficient = Float(Double(point.sign) * added.coefficient)
        return [(.residPost(layer), .add(added.vector, coefficient: coefficient))]
      } ?? []
    case .projectOut:
      self[point, layer].map { [(.residPost(layer), .projectOut($0.vector))] } ?? []
    case .skip: [(.residPost(layer), .skipBlock)]
    case .zero: sites.map { ($0.point(at: layer), .zero) }
    case .mean:
      sites.compactMap { site in
        means?[site.point(at: layer)].map { (site.point(at: layer), .replace($0)) }
      }
    }
  }

  private subscript(
    point: AblationPoint, layer: Int
  ) -> (vector: [Float], coefficient: Double, share: Double?)? {
    added[Place(alpha: point.alpha, control: point.control, layer: layer)]
  }
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
