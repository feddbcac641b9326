import Foundation

/// The t-SNE as the page embeds it.
struct ReportEmbedding: Encodable {
  struct Measure: Encodable {
    let title: String
    /// Per layer; nil where it is not defined.
    let values: [Double?]
    /// The 95 % quantile over permuted labels.
    let high: [Double?]?
  }

  let subject: String
  let settings: String
  let layers: [Int]
  /// The place of the layer that is shown first.
  let start: Int
  let ids: [String]
  let labels: [String]
  let texts: [String]
  /// Per layer, x and y of every prompt in turn.
  let points: [[Double]]
  let measures: [Measure]

  /// Nil where there is nothing to show.
  init?(_ result: EmbeddingResult) {
    guard !result.layers.isEmpty, !result.ids.isEmpty else { return nil }
    subject = result.subjectTitle
    settings = result.settings
    layers = result.layers
    start = result.clearestLayer
    (ids, labels, texts) = (result.ids, result.labels, result.texts)
    points = result.points.map { layer in
      layer.flatMap { [rounded($0.x, decimals: 3), rounded($0.y, decimals: 3)] }
    }
    measures = EmbeddingResult.Measure.allCases.compactMap { measure in
      guard let values = result.measures[measure] else { return nil }
      return Measure(
        title: measure.title, values: values.map { known($0) },
        high: result.permuted[measure]?.high.map { known($0) })
    }
  }
}

/// The number with so many decimals, which keeps the page small.
func rounded(_ value: Double, decimals: Int) -> Double {
  let scale = pow(10, Double(decimals))
  return (value * scale).rounded() / scale
}

/// The number to five decimals; nil for NaN and infinities, which JSON cannot say.
func known(_ value: Double) -> Double? { value.isFinite ? rounded(value, decimals: 5) : nil }
