import Numerics
import TSNE

/// A linear classifier of prompts by their states at one layer, made from anchors alone.
///
/// Ridge regression of +1 (unsafe) and -1 (safe) on states whose every dimension has mean 0 and
/// deviation 1 over the anchors. Its layer and its penalty are those with the highest area under the
/// ROC curve when each anchor is scored by a probe that has not seen it.
public struct StateProbe: Equatable, Sendable {
  /// What of a prompt's states it reads.
  public enum Input: String, CaseIterable, Sendable {
    /// a_t of SCANS's equation 2: the state at the query end minus the one at the response's last token.
    case transition
    /// The state at the query end.
    case queryEnd = "query-end"
  }

  public var input: Input
  public var layer: Int
  /// λ, where a kernel's mean diagonal is 2.
  public var penalty: Double
  /// `[dModel]`, for states as they are.
  public var weights: [Double]
  public var bias: Double
  /// [anchor]: the score by a probe that was made without it.
  public var anchorScores: [Double]
  /// [layer of the vectors]: the area under the ROC curve of such scores, all with one penalty.
  public var layerAUCs: [Double]

  public init(
    input: Input, layer: Int, penalty: Double, weights: [Double], bias: Double,
    anchorScores: [Double], layerAUCs: [Double]
  ) {
    self.input = input
    self.layer = layer
    self.penalty = penalty
    self.weights = weights
    self.bias = bias
    self.anchorScores = anchorScores
    self.layerAUCs = layerAUCs
  }

  /// Above 0 for states like those of unsafe anchors.
  func score(_ state: [Double]) -> Double { bias + dot(weights, state) }
}

extension StateProbe {
  private static let layerPenalty = 0.3
  private static let penalties = [0.03, 0.1, 0.3, 1, 3]
  /// Anchors that a probe is made from at most; its cost is their third power.
  private static let mostAnchors = 1000

  /// The probes of all inputs that there are; none with fewer than two anchors of a label.
  static func all(
    _ states: TransitionStates, _ draw: AnchorDraw
  ) throws(VectorError) -> [StateProbe] {
    guard min(draw.unsafe.count, draw.safe.count) > 1 else { return [] }
    let inputs = states.hasTransitions ? Input.allCases : [.queryEnd]
    let anchors = draw.unsafe + draw.safe
    let isUnsafe = anchors.indices.map { $0 < draw.unsafe.count }
    var random = SplitMix64(seed: draw.seed ?? 0)
    let seen = drawStratified(
      min(anchors.count, mostAnchors), of: isUnsafe.map { $0 ? 1 : 0 }, using: &random)
    let labels = seen.map { isUnsafe[$0] }
    return try inputs.map { input throws(VectorError) in
      var areas: [Double] = []
      for layer in states.layers {
        let rows = try states.rows(input, layer: layer)
        let kernel = try StandardisedKernel(
          seen.map { rows[anchors[$0]] }, source: states.name, layer: layer)
        areas.append(kernel.heldOut(labels, penalty: layerPenalty)?.area ?? 0.5)
      }
      let best = areas.indices.max { areas[$0] < areas[$1] } ?? 0
      let rows = try states.rows(input, layer: states.layers[best])
      let kernel = try StandardisedKernel(
        seen.map { rows[anchors[$0]] }, source: states.name, layer: states.layers[best])
      let tried = penalties.compactMap { penalty in
        kernel.heldOut(labels, penalty: penalty).map { (penalty, $0) }
      }
      guard let (penalty, found) = tried.max(by: { $0.1.area < $1.1.area }),
        let fit = kernel.fit(labels, penalty: penalty)
      else { throw .zeroVector(source: states.name, layer: states.layers[best]) }
      var probe = StateProbe(
        input: input, layer: states.layers[best], penalty: penalty, weights: fit.weights,
        bias: fit.bias, anchorScores: [], layerAUCs: areas)
      let known = Dictionary(uniqueKeysWithValues: zip(seen, found.scores))
      probe.anchorScores = anchors.indices.map { known[$0] ?? probe.score(rows[anchors[$0]]) }
      return probe
    }
  }
}

extension TransitionStates {
  /// `[prompt][dModel]`: what a probe reads.
  func rows(_ input: StateProbe.Input, layer: Int) throws(VectorError) -> [[Double]] {
    switch input {
    case .transition: try transitions(layer: layer)
    case .queryEnd: try queryEnds(layer: layer).map { $0.map(Double.init) }
    }
  }
}

extension StandardisedKernel {
  fileprivate init(
    _ rows: [[Double]], source: String, layer: Int
  ) throws(VectorError) {
    do throws(TSNEError) {
      let points = try Points(
        count: rows.count, dimension: rows.first?.count ?? 0,
        values: rows.flatMap { $0.map { Float($0) } })
      try self.init(points, rows: Array(rows.indices))
    } catch {
      throw .unusableStates(source: source, layer: layer, reason: "\(error)")
    }
  }

  /// Every row's score by a probe that has not seen it, and the area under the ROC curve.
  fileprivate func heldOut(
    _ isUnsafe: [Bool], penalty: Double
  ) -> (scores: [Double], area: Double)? {
    let probe = RidgeProbe(kernel: values, penalty: penalty, folds: isUnsafe.indices.map { [$0] })
    guard let scores = probe?.heldOutPredictions([isUnsafe.map { $0 ? 1 : -1 }]).first,
      let ranked = RankedScores(scores: scores, isPositive: isUnsafe)
    else { return nil }
    return (scores, ranked.rocAUC)
  }

  /// The probe of all rows, for states as they are.
  fileprivate func fit(
    _ isUnsafe: [Bool], penalty: Double
  ) -> (weights: [Double], bias: Double)? {
    let count = isUnsafe.count
    var penalised = values
    for row in 0..<count { penalised[row * count + row] += penalty }
    guard let inverse = inverse(ofPositiveDefinite: penalised, count: count) else { return nil }
    let dual = product(
      inverse, isUnsafe.map { $0 ? 1 : -1 }, rows: count, inner: count, columns: 1)
    let width = means.count
    var weights = product(
      dual, standardised.map(Double.init), rows: 1, inner: count, columns: width)
    for column in 0..<width { weights[column] *= factors[column] / Double(width) }
    return (weights, dual.reduce(0, +) - dot(weights, means))
  }
}
