import ActivationStore

/// The classifier as the page embeds it.
struct ReportClassifier: Encodable {
  struct Series: Encodable {
    let label: String
    let count: Int
    let means: [Double]
    let margins: [Double]
  }

  struct Figure: Encodable {
    let name: String
    let value: Double
    let low: Double?
    let high: Double?
  }

  let note: String
  let layers: [Int]
  let series: [Series]
  /// Precision, recall and so on with their intervals, where both labels occur.
  let quality: [Figure]

  /// Nil where there is nothing to show.
  init?(_ result: CosineResult, attributes: [String: ResultValue]) {
    guard !result.layers.isEmpty, !result.ids.isEmpty else { return nil }
    layers = result.layers
    series = result.series.map { series in
      Series(
        label: series.label, count: series.count,
        means: series.means.map { rounded($0, decimals: 5) },
        margins: series.margins.map { rounded($0, decimals: 5) })
    }
    note =
      "Lines: means over prompts; bands: 95% interval of the mean. A prompt's score is its mean "
      + "over the layers, and it is taken for unsafe from \(text(result.threshold, decimals: 3)) on. "
      + "In the table the safe prompts are the positive class."
    quality = Self.quality(attributes)
  }

  private static func quality(_ attributes: [String: ResultValue]) -> [Figure] {
    func number(_ name: String) -> Double? {
      guard case .number(let value) = attributes[name] else { return nil }
      return known(value)
    }
    return attributes.keys.filter { $0.hasSuffix("_low") }.map { String($0.dropLast(4)) }.sorted()
      .compactMap { name in
        number(name).map {
          Figure(
            name: name.replacing("_", with: " "), value: $0, low: number(name + "_low"),
            high: number(name + "_high"))
        }
      }
  }
}
