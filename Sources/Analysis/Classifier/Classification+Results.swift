import ActivationStore
import ResultSchemas

extension Classification {
  public static let groupName = ClassifierSchema.group

  /// The result as a group; `source` is the states' file and `vectors` the vectors'.
  public func group(source: String, vectors: String) -> ResultGroup {
    var attributes: [String: ResultValue] = [
      ClassifierSchema.classifier: .text(kind.rawValue),
      ClassifierSchema.threshold: .number(threshold), "safe_label": .text(safeLabel),
      "unsafe_label": .text(unsafeLabel), "source": .text(source), "vectors": .text(vectors),
    ]
    attributes[ClassifierSchema.sample] = quality.map { _ in .text(sample.rawValue) }
    attributes["anchor_accuracy"] = anchorAccuracy.map { .number($0) }
    return ResultGroup(
      name: Self.groupName,
      attributes: attributes.merging(quality?.attributes ?? [:]) { own, _ in own },
      datasets: promptDatasets + labelDatasets)
  }

  private var promptDatasets: [ResultDataset] {
    let anchors = prompts.compactMap(\.isAnchor)
    let known =
      anchors.count == prompts.count ? [ClassifierSchema.isAnchor.column(.truths(anchors))] : []
    return known + [
      ClassifierSchema.prompt.column(.texts(prompts.map(\.id))),
      ClassifierSchema.promptLabel.column(.texts(prompts.map(\.label))),
      ClassifierSchema.score.column(.doubles(prompts.map(\.score))),
      ClassifierSchema.sigma.column(.integers(prompts.map(\.sigma))),
      ClassifierSchema.cosine.dataset(
        .doubles(prompts.flatMap(\.cosines)), ["prompt": prompts.count, "layer": layers.count]),
    ]
  }

  private var labelDatasets: [ResultDataset] {
    [
      ClassifierSchema.layer.column(.integers(layers)),
      ClassifierSchema.label.column(.texts(labelCosines.map(\.label))),
      ClassifierSchema.labelCount.column(.integers(labelCosines.map(\.count))),
      ClassifierSchema.labelCosine.dataset(
        .doubles(labelCosines.flatMap(\.means)),
        ["label": labelCosines.count, "layer": layers.count]),
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
