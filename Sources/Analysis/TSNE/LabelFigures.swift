import Numerics
import TSNE

/// How well two labels are told apart in a layer, beside the same after the labels are shuffled.
public struct LabelFigures: Equatable, Sendable, Encodable {
  /// A number with what chance makes of it.
  public struct Figure: Equatable, Sendable, Encodable {
    public var value: Double
    /// The mean over permutations of the labels.
    public var permuted: Double
    /// The value below which 95 % of the permutations lie.
    public var permutedHigh: Double
  }

  /// Of the labels in the layout.
  public var silhouette: Figure
  /// The share of prompts that most of their 5 nearest in the layout share the label with.
  public var knnAccuracy: Figure
  /// The area under the ROC curve of a linear probe on the states, not the layout: the mean of
  /// held-out folds.
  public var probeAUC: Figure
}

/// Labels of prompts with their permutations and folds, the same for every layer.
struct LabelTrial: Sendable {
  static let folds = 5
  static let permutations = 100
  /// λ of the probe, over the mean of the kernel's diagonal, which is 1.
  static let penalty = 0.1
  /// Prompts beyond it are left out of the probe, whose cost is their third power.
  static let largestProbe = 2000

  /// Neighbours that are looked at: 5, or fewer than half of a few prompts.
  static func neighbours(among count: Int) -> Int { min(5, (count - 1) / 2) }

  /// Indices of the prompts with either label, ascending.
  let prompts: [Int]
  /// The labels as they are (true for unsafe), then their permutations.
  private let labellings: [[Bool]]
  /// Places in `prompts` that the probe looks at.
  private let probed: [Int]
  /// Places in `probed`.
  private let probeFolds: [[Int]]

  /// Nil where fewer than two prompts have one of the labels.
  init?(labels: [String], safeLabel: String, unsafeLabel: String, seed: UInt64) {
    prompts = labels.indices.filter { [safeLabel, unsafeLabel].contains(labels[$0]) }
    let isUnsafe = prompts.map { labels[$0] == unsafeLabel }
    let smaller = min(isUnsafe.count { $0 }, isUnsafe.count { !$0 })
    guard smaller >= 2 else { return nil }
    var random = SplitMix64(seed: seed)
    labellings =
      [isUnsafe] + (0..<Self.permutations).map { _ in shuffled(isUnsafe, using: &random) }
    let all = prompts.indices
    probed =
      all.count <= Self.largestProbe
      ? Array(all) : drawWithoutReplacement(Self.largestProbe, of: all.count, using: &random)
    probeFolds = stratifiedFolds(
      of: probed.map { isUnsafe[$0] }, count: min(Self.folds, smaller), using: &random)
  }

  /// The figures of a layer: its layout `[prompt, 2]` and its states.
  func figures(layout: [Double], states: Points) throws(TSNEError) -> LabelFigures? {
    let plane = prompts.flatMap { [layout[2 * $0], layout[2 * $0 + 1]] }
    let neighbours = PlaneNeighbours(of: plane, each: Self.neighbours(among: prompts.count))
    guard
      let silhouette = figure(meanSilhouettes(ofPlane: plane, divisions: labellings)),
      let accuracy = figure(labellings.map { neighbours.accuracy(of: $0) }),
      let probe = figure(try probeAreas(states))
    else { return nil }
    return LabelFigures(silhouette: silhouette, knnAccuracy: accuracy, probeAUC: probe)
  }

  private func figure(_ values: [Double?]) -> LabelFigures.Figure? {
    guard let value = values[0] else { return nil }
    let permuted = values.dropFirst().compactMap { $0 }.sorted()
    guard !permuted.isEmpty else { return nil }
    return LabelFigures.Figure(
      value: value, permuted: permuted.reduce(0, +) / Double(permuted.count),
      permutedHigh: quantile(0.95, ofSorted: permuted))
  }

  private func probeAreas(_ states: Points) throws(TSNEError) -> [Double?] {
    let kernel = try StandardisedKernel(states, rows: probed.map { prompts[$0] })
    guard
      let probe = RidgeProbe(
        kernel: kernel.values, penalty: Self.penalty, folds: probeFolds)
    else { return [nil] }
    return probe.heldOutAUC(labellings.map { labelling in probed.map { labelling[$0] } })
  }
}
