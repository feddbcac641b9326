import ActivationStore
import ResultSchemas

extension StateMap {
  public static let groupName = TSNESchema.group

  /// The map as a group.
  public var group: ResultGroup {
    let attributes: [String: ResultValue] = [
      TSNESchema.of: .text(states.rawValue), TSNESchema.perplexity: .number(perplexity),
      TSNESchema.metric: .text(metric), TSNESchema.seed: .integer(Int(truncatingIfNeeded: seed)),
      "permutations": .integer(LabelTrial.permutations), "safe_label": .text(safeLabel),
      "unsafe_label": .text(unsafeLabel), "n_labelled": .integer(labelledCount),
      "source": .text(source),
    ]
    return ResultGroup(
      name: Self.groupName,
      attributes: attributes.merging(model.attributes) { own, _ in own },
      datasets: promptDatasets + layerDatasets)
  }

  private var promptDatasets: [ResultDataset] {
    [
      TSNESchema.prompt.column(.texts(prompts.map(\.id))),
      TSNESchema.promptLabel.column(.texts(prompts.map(\.label))),
      TSNESchema.promptText.column(.texts(prompts.map(\.text))),
    ]
  }

  private var layerDatasets: [ResultDataset] {
    [
      TSNESchema.layer.column(.integers(layers.map(\.layer))),
      TSNESchema.embedding.dataset(
        .doubles(layers.flatMap(\.embedding)),
        ["layer": layers.count, "prompt": prompts.count, "component": 2]),
      TSNESchema.kl.value.column(.doubles(layers.map(\.divergence))),
      TSNESchema.trustworthiness.value.column(.doubles(layers.map(\.trustworthiness))),
    ] + labelDatasets
  }

  private var labelDatasets: [ResultDataset] {
    let figures = layers.compactMap(\.labels)
    guard figures.count == layers.count else { return [] }
    let found: [(TSNESchema.Measure, [LabelFigures.Figure])] = [
      (TSNESchema.silhouette, figures.map(\.silhouette)),
      (TSNESchema.knnAccuracy, figures.map(\.knnAccuracy)),
      (TSNESchema.probeAUC, figures.map(\.probeAUC)),
    ]
    return found.flatMap { measure, figures in
      [
        measure.value.column(.doubles(figures.map(\.value))),
        measure.permuted?.column(.doubles(figures.map(\.permuted))),
        measure.permutedHigh?.column(.doubles(figures.map(\.permutedHigh))),
      ].compactMap { $0 }
    }
  }
}
