import ActivationStore

/// The group `classifier` of a results file.
///
/// | dataset | axes | type | meaning |
/// |---|---|---|---|
/// | `prompt` | prompt | UTF-8 | ids |
/// | `prompt_label` | prompt | UTF-8 | labels as given |
/// | `score` | prompt | float64 | s_q |
/// | `sigma` | prompt | int64 | +1 where s_q >= T (unsafe), else -1 |
/// | `cosine` | prompt, layer | float64 | cos(a_t, d_harm) |
/// | `layer` | layer | int64 | the layer set L |
/// | `label` | label | UTF-8 | the different labels |
/// | `label_count` | label | int64 | prompts with it |
/// | `label_cosine` | label, layer | float64 | their mean cosine |
///
/// Attributes: `threshold`, `anchor_accuracy` (where the threshold comes from the anchors),
/// `safe_label`, `unsafe_label`, `source` and `vectors` (files), and with labels of both classes
/// `n_safe`, `n_unsafe`, `resamples`, `seed`, `confidence` and the figures of `ClassifierQuality` by
/// name, their intervals as `<name>_low` and `<name>_high`; what is not defined is absent.
extension Classification {
  public static let groupName = "classifier"

  /// The result as a group; `source` is the states' file and `vectors` the vectors'.
  public func group(source: String, vectors: String) -> ResultGroup {
    var attributes: [String: ResultValue] = [
      "threshold": .number(threshold), "safe_label": .text(safeLabel),
      "unsafe_label": .text(unsafeLabel), "source": .text(source), "vectors": .text(vectors),
    ]
    attributes["anchor_accuracy"] = anchorAccuracy.map { .number($0) }
    return ResultGroup(
      name: Self.groupName,
      attributes: attributes.merging(quality?.attributes ?? [:]) { own, _ in own },
      datasets: promptDatasets + labelDatasets)
  }

  private var promptDatasets: [ResultDataset] {
    let count = prompts.count
    return [
      ResultDataset(
        name: "prompt", axes: ["prompt"], shape: [count], values: .texts(prompts.map(\.id))),
      ResultDataset(
        name: "prompt_label", axes: ["prompt"], shape: [count],
        values: .texts(prompts.map(\.label))),
      ResultDataset(
        name: "score", axes: ["prompt"], shape: [count], values: .doubles(prompts.map(\.score))),
      ResultDataset(
        name: "sigma", axes: ["prompt"], shape: [count], values: .integers(prompts.map(\.sigma))),
      ResultDataset(
        name: "cosine", axes: ["prompt", "layer"], shape: [count, layers.count],
        values: .doubles(prompts.flatMap(\.cosines))),
    ]
  }

  private var labelDatasets: [ResultDataset] {
    let count = labelCosines.count
    return [
      ResultDataset(
        name: "layer", axes: ["layer"], shape: [layers.count], values: .integers(layers)),
      ResultDataset(
        name: "label", axes: ["label"], shape: [count], values: .texts(labelCosines.map(\.label))),
      ResultDataset(
        name: "label_count", axes: ["label"], shape: [count],
        values: .integers(labelCosines.map(\.count))),
      ResultDataset(
        name: "label_cosine", axes: ["label", "layer"], shape: [count, layers.count],
        values: .doubles(labelCosines.flatMap(\.means))),
    ]
  }
}

extension ClassifierQuality {
  fileprivate var attributes: [String: ResultValue] {
    var attributes: [String: ResultValue] = [
      "n_safe": .integer(safeCount), "n_unsafe": .integer(unsafeCount),
      "resamples": .integer(resampling.count),
      "seed": .integer(Int(truncatingIfNeeded: resampling.seed)),
      "confidence": .number(resampling.confidence),
    ]
    for estimate in estimates {
      attributes[estimate.name] = estimate.value.map { .number($0) }
      attributes["\(estimate.name)_low"] = estimate.interval.map { .number($0.low) }
      attributes["\(estimate.name)_high"] = estimate.interval.map { .number($0.high) }
    }
    return attributes
  }
}
