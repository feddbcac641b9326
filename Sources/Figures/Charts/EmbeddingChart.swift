/// The t-SNE of one layer, large.
struct EmbeddingChart: Chart {
  private static let side = 460.0

  let result: EmbeddingResult
  /// The place of the layer in the file.
  let index: Int
  let origin: String

  var caption: Caption {
    Caption(
      title: "t-SNE of the \(result.subjectTitle) at layer \(result.layers[index])",
      origin: origin,
      notes: ["\(result.settings). Only neighbourhood counts: axes have no unit."] + measures)
  }

  var legend: [LegendEntry] { EmbeddingPanel.legend(of: result.labels) }

  var size: Size { Size(width: Self.side, height: Self.side) }

  func draw(on canvas: borrowing Canvas, in body: Rect) {
    EmbeddingPanel(
      points: result.points[index], labels: result.labels,
      radius: result.labels.count > 2000 ? 2 : 3.2
    ).draw(on: canvas, in: body)
  }

  private var measures: [String] {
    let shown = EmbeddingResult.Measure.allCases.compactMap { measure -> String? in
      guard let value = result.measures[measure]?[index], value.isFinite else { return nil }
      let own = "\(measure.title) \(text(value, decimals: 3))"
      guard let permuted = result.permuted[measure] else { return own }
      return own + " (labels permuted: mean \(text(permuted.mean[index], decimals: 3)), "
        + "95% below \(text(permuted.high[index], decimals: 3)))"
    }
    return shown.isEmpty ? [] : [shown.joined(separator: "; ") + "."]
  }
}
