import Analysis

/// What `workbench tsne` prints and writes as CSV.
struct TsneTable: Encodable {
  static let csvHeader = ["layer", "prompt_id", "label", "x", "y"]

  /// The numbers of a layer, and where its prompts lie.
  private struct Layer: Encodable {
    let layer: Int
    let kl: Double
    let trustworthiness: Double
    let labels: LabelFigures?
    /// [prompt][component].
    let embedding: [[Double]]
  }

  private struct Prompt: Encodable {
    let id, label: String
  }

  private let of: String
  private let perplexity: Double
  private let metric: String
  private let seed: UInt64
  private let prompts: [Prompt]
  private let layers: [Layer]
  private let labelledCount: Int
  private let safeLabel: String
  private let unsafeLabel: String

  init(_ map: StateMap) {
    of = map.states.rawValue
    perplexity = map.perplexity
    metric = map.metric
    seed = map.seed
    prompts = map.prompts.map { Prompt(id: $0.id, label: $0.label) }
    layers = map.layers.map { layer in
      Layer(
        layer: layer.layer, kl: layer.divergence, trustworthiness: layer.trustworthiness,
        labels: layer.labels,
        embedding: map.prompts.indices.map { prompt in
          [layer.embedding[2 * prompt], layer.embedding[2 * prompt + 1]]
        })
    }
    labelledCount = map.labelledCount
    (safeLabel, unsafeLabel) = (map.safeLabel, map.unsafeLabel)
  }

  var csvRows: [[String]] {
    layers.flatMap { layer in
      zip(prompts, layer.embedding).map { prompt, place in
        ["\(layer.layer)", prompt.id, prompt.label, "\(place[0])", "\(place[1])"]
      }
    }
  }

  func show() {
    printLine(
      "t-SNE of \(of) states of \(counted(prompts.count, "prompt")) (\(labelledCount) labelled), "
        + "perplexity \(perplexity), \(metric)")
    let hasLabels = layers.allSatisfy { $0.labels != nil }
    let labelHeader = ["silhouette", ">", "kNN", ">", "probe AUC", ">"]
    let header = ["layer", "KL", "trust"] + (hasLabels ? labelHeader : [])
    let rows = layers.map { layer in
      ["\(layer.layer)", decimals(layer.kl), decimals(layer.trustworthiness)]
        + (layer.labels.map(Self.cells) ?? [])
    }
    printTable(header, rows, rightAligned: Set(header.indices))
    if !hasLabels {
      note(
        "no figures of labels, since not both '\(safeLabel)' and '\(unsafeLabel)' occur twice")
    }
  }

  private static func cells(_ labels: LabelFigures) -> [String] {
    [labels.silhouette, labels.knnAccuracy, labels.probeAUC].flatMap { figure in
      [decimals(figure.value), decimals(figure.permutedHigh)]
    }
  }
}
