import ActivationStore

/// The t-SNE of every layer, from the group `/tsne`.
struct EmbeddingResult {
  /// The figures of a layer beside the picture, with the names of their datasets.
  enum Measure: String, CaseIterable {
    case silhouette, probeAUC = "probe_auc", trustworthiness, knnAccuracy = "knn_accuracy", kl

    var title: String {
      switch self {
      case .silhouette: "silhouette"
      case .probeAUC: "probe AUC"
      case .trustworthiness: "trustworthiness"
      case .knnAccuracy: "k-NN accuracy"
      case .kl: "KL"
      }
    }
  }

  static let group = "tsne"

  let layers: [Int]
  /// Per prompt.
  let ids: [String]
  let labels: [String]
  let texts: [String]
  /// Per layer and prompt.
  let points: [[Point]]
  /// Per measure and layer; a measure that the file lacks is absent.
  let measures: [Measure: [Double]]
  /// The mean over permuted labels and their 95 % quantile, for the measures that have them.
  let permuted: [Measure: (mean: [Double], high: [Double])]
  /// The states that were embedded: `transition`, `query-end` or `last`.
  let subject: String
  let settings: String

  init(_ fields: ResultFields) throws(StoreError) {
    layers = try fields.integers("layer")
    ids = try fields.texts("prompt")
    labels = try fields.texts("prompt_label", shape: [ids.count])
    texts = try fields.texts("prompt_text", shape: [ids.count])
    let shape = [layers.count, ids.count, 2]
    points = Self.points(try fields.doubles("embedding", shape: shape), shape)
    (measures, permuted) = try Self.measures(fields, count: layers.count)
    subject = try fields.text("of")
    settings = try Self.settings(fields)
  }

  private static func points(_ values: [Double], _ shape: [Int]) -> [[Point]] {
    (0..<shape[0]).map { layer in
      (0..<shape[1]).map { prompt in
        let place = (layer * shape[1] + prompt) * 2
        return Point(x: values[place], y: values[place + 1])
      }
    }
  }

  private static func measures(
    _ fields: ResultFields, count: Int
  ) throws(StoreError) -> ([Measure: [Double]], [Measure: (mean: [Double], high: [Double])]) {
    var found: [Measure: [Double]] = [:]
    var permuted: [Measure: (mean: [Double], high: [Double])] = [:]
    for measure in Measure.allCases where fields.has(measure.rawValue) {
      let name = measure.rawValue
      found[measure] = try fields.numbers(name, shape: [count])
      guard fields.has(name + "_permuted"), fields.has(name + "_permuted_high") else { continue }
      permuted[measure] = (
        try fields.numbers(name + "_permuted", shape: [count]),
        try fields.numbers(name + "_permuted_high", shape: [count])
      )
    }
    return (found, permuted)
  }

  private static func settings(_ fields: ResultFields) throws(StoreError) -> String {
    let perplexity = try fields.number("perplexity")
    return "perplexity \(text(perplexity, decimals: perplexity.rounded() == perplexity ? 0 : 1))"
      + ", \(try fields.text("metric")) distance, seed \(try fields.integer("seed"))"
  }

  /// The place of the layer whose labels have the highest silhouette; the last where none is known.
  var clearestLayer: Int {
    let known = (measures[.silhouette] ?? []).enumerated().filter(\.element.isFinite)
    return known.max { $0.element < $1.element }?.offset ?? layers.count - 1
  }

  /// What was embedded, in words.
  var subjectTitle: String {
    switch subject {
    case "transition": "hidden-state transition"
    case "query-end": "hidden states at the end of the query"
    case "last": "hidden states at the last token"
    default: "hidden states at \(subject)"
    }
  }
}
