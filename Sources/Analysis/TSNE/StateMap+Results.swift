import ActivationStore

/// The group `tsne` of a results file.
///
/// | dataset | axes | type | meaning |
/// |---|---|---|---|
/// | `layer` | layer | int64 | blocks, counted from 0 |
/// | `prompt`, `prompt_label`, `prompt_text` | prompt | UTF-8 | the prompts as given |
/// | `embedding` | layer, prompt, component | float64 | the layouts |
/// | `kl` | layer | float64 | KL(P \|\| Q) of the layout, in nats |
/// | `trustworthiness` | layer | float64 | of the 5 nearest in the layout |
/// | `silhouette`, `knn_accuracy` | layer | float64 | of the labels, in the layout |
/// | `probe_auc` | layer | float64 | of a linear probe on the states, held-out folds |
/// | `..._permuted`, `..._permuted_high` | layer | float64 | the mean and the 95 % quantile of the same over permutations of the labels |
///
/// Attributes: `of` (`transition`, `query-end` or `last`), `perplexity`, `metric`, `seed`,
/// `permutations`, `safe_label`, `unsafe_label`, `n_labelled`, `source`, and `model_*`. Without
/// prompts of both labels the datasets about labels are absent.
extension StateMap {
  public static let groupName = "tsne"

  /// The map as a group.
  public var group: ResultGroup {
    let attributes: [String: ResultValue] = [
      "of": .text(states.rawValue), "perplexity": .number(perplexity), "metric": .text(metric),
      "seed": .integer(Int(truncatingIfNeeded: seed)),
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
      texts("prompt", prompts.map(\.id)), texts("prompt_label", prompts.map(\.label)),
      texts("prompt_text", prompts.map(\.text)),
    ]
  }

  private func texts(_ name: String, _ values: [String]) -> ResultDataset {
    ResultDataset(name: name, axes: ["prompt"], shape: [values.count], values: .texts(values))
  }

  private var layerDatasets: [ResultDataset] {
    let embedding = ResultDataset(
      name: "embedding", axes: ["layer", "prompt", "component"],
      shape: [layers.count, prompts.count, 2], values: .doubles(layers.flatMap(\.embedding)))
    let numbers = ResultDataset(
      name: "layer", axes: ["layer"], shape: [layers.count], values: .integers(layers.map(\.layer)))
    return [
      numbers, embedding, perLayer("kl", layers.map(\.divergence)),
      perLayer("trustworthiness", layers.map(\.trustworthiness)),
    ] + labelDatasets
  }

  private var labelDatasets: [ResultDataset] {
    let figures = layers.compactMap(\.labels)
    guard figures.count == layers.count else { return [] }
    let named: [(String, [LabelFigures.Figure])] = [
      ("silhouette", figures.map(\.silhouette)), ("knn_accuracy", figures.map(\.knnAccuracy)),
      ("probe_auc", figures.map(\.probeAUC)),
    ]
    return named.flatMap { name, figures in
      [
        perLayer(name, figures.map(\.value)),
        perLayer("\(name)_permuted", figures.map(\.permuted)),
        perLayer("\(name)_permuted_high", figures.map(\.permutedHigh)),
      ]
    }
  }

  private func perLayer(_ name: String, _ values: [Double]) -> ResultDataset {
    ResultDataset(name: name, axes: ["layer"], shape: [values.count], values: .doubles(values))
  }
}
