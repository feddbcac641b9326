import ActivationStore
import ResultSchemas

/// The mean cosine of transitions with d_harm per label and layer, from the group `/classifier`.
struct CosineResult {
  /// The prompts of a label.
  struct Series {
    let label: String
    let count: Int
    /// Per layer.
    let means: [Double]
    /// Half of the 95 % interval of each mean: 1.96 standard errors; 0 for a single prompt.
    let margins: [Double]
  }

  static let group = ClassifierSchema.group

  let layers: [Int]
  let series: [Series]
  /// Per prompt.
  let ids: [String]
  let labels: [String]
  let scores: [Double]
  let sigmas: [Int]
  let threshold: Double
  /// The area under the ROC curve of the scores, where both labels occur.
  let rocAUC: Double?

  init(_ fields: ResultFields) throws(StoreError) {
    layers = try fields.integers(ClassifierSchema.layer)
    ids = try fields.texts(ClassifierSchema.prompt)
    let sizes: AxisSizes = ["prompt": ids.count, "layer": layers.count]
    labels = try fields.texts(ClassifierSchema.promptLabel, sizes)
    scores = try fields.doubles(ClassifierSchema.score, sizes)
    sigmas = try fields.integers(ClassifierSchema.sigma, sizes)
    let cosines = try fields.doubles(ClassifierSchema.cosine, sizes)
    threshold = try fields.number(ClassifierSchema.threshold)
    rocAUC =
      try fields.has(attribute: ClassifierSchema.rocAUC)
      ? fields.number(ClassifierSchema.rocAUC) : nil
    series = Self.series(cosines, labels: labels, layerCount: layers.count)
  }

  private static func series(
    _ cosines: [Double], labels: [String], layerCount: Int
  ) -> [Series] {
    let order = LabelStyle.order(of: labels)
    return Set(labels).sorted { order[$0, default: 0] < order[$1, default: 0] }.map { label in
      let rows = labels.indices.filter { labels[$0] == label }
      var (means, margins): ([Double], [Double]) = ([], [])
      for layer in 0..<layerCount {
        let values = rows.map { cosines[$0 * layerCount + layer] }
        let mean = values.reduce(0, +) / Double(values.count)
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let deviation = (squares / Double(max(values.count - 1, 1))).squareRoot()
        means.append(mean)
        margins.append(1.96 * deviation / Double(values.count).squareRoot())
      }
      return Series(label: label, count: rows.count, means: means, margins: margins)
    }
  }
}
