import ActivationStore
import ResultSchemas

/// The t-SNE of every layer, from the group `/tsne`.
struct EmbeddingResult {
  /// The figures of a layer beside the picture.
  enum Measure: CaseIterable {
    case silhouette, probeAUC, trustworthiness, knnAccuracy, kl

    var schema: TSNESchema.Measure {
      switch self {
      case .silhouette: TSNESchema.silhouette
      case .probeAUC: TSNESchema.probeAUC
      case .trustworthiness: TSNESchema.trustworthiness
      case .knnAccuracy: TSNESchema.knnAccuracy
      case .kl: TSNESchema.kl
      }
    }

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

  static let group = TSNESchema.group

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
    layers = try fields.integers(TSNESchema.layer)
    ids = try fields.texts(TSNESchema.prompt)
    let sizes: AxisSizes = ["layer": layers.count, "prompt": ids.count, "component": 2]
    labels = try fields.texts(TSNESchema.promptLabel, sizes)
    texts = try fields.texts(TSNESchema.promptText, sizes)
    points = Self.points(
      try fields.doubles(TSNESchema.embedding, sizes), [layers.count, ids.count, 2])
    (measures, permuted) = try Self.measures(fields, sizes)
    subject = try fields.text(TSNESchema.of)
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
    _ fields: ResultFields, _ sizes: AxisSizes
  ) throws(StoreError) -> ([Measure: [Double]], [Measure: (mean: [Double], high: [Double])]) {
    var found: [Measure: [Double]] = [:]
    var permuted: [Measure: (mean: [Double], high: [Double])] = [:]
    for measure in Measure.allCases where fields.has(measure.schema.value) {
      found[measure] = try fields.doubles(measure.schema.value, sizes, finite: false)
      guard let mean = measure.schema.permuted, let high = measure.schema.permutedHigh,
        fields.has(mean), fields.has(high)
      else { continue }
      permuted[measure] = (
        try fields.doubles(mean, sizes, finite: false),
        try fields.doubles(high, sizes, finite: false)
      )
    }
    return (found, permuted)
  }

  private static func settings(_ fields: ResultFields) throws(StoreError) -> String {
    let perplexity = try fields.number(TSNESchema.perplexity)
    return "perplexity \(text(perplexity, decimals: perplexity.rounded() == perplexity ? 0 : 1))"
      + ", \(try fields.text(TSNESchema.metric)) distance, seed \(try fields.integer(TSNESchema.seed))"
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
