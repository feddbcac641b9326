/// The t-SNE of every layer as small multiples, with the figures that say how far to trust it.
struct LayersChart: Chart {
  private static let columns = 6
  private static let gap = Size(width: 12, height: 14)
  /// Two lines above each panel.
  private static let head = 27.0

  let result: EmbeddingResult
  /// The places of the layers in the file, in the order shown.
  let indices: [Int]
  let origin: String

  var caption: Caption {
    Caption(
      title: "t-SNE of the \(result.subjectTitle), layer by layer", origin: origin, notes: notes)
  }

  var legend: [LegendEntry] { EmbeddingPanel.legend(of: result.labels) }

  /// The side of a panel in points: few layers get more room.
  private var side: Double { indices.count <= 3 ? 190 : 112 }

  /// A single row is as wide as a title needs.
  private var columns: Int { min(max(indices.count, 3), Self.columns) }

  private var rows: Int { (indices.count + columns - 1) / columns }

  var size: Size {
    Size(
      width: Double(columns) * (side + Self.gap.width) - Self.gap.width,
      height: Double(rows) * (side + Self.head + Self.gap.height) - Self.gap.height)
  }

  func draw(on canvas: borrowing Canvas, in body: Rect) {
    for (place, index) in indices.enumerated() {
      let cell = body.cell(
        column: place % columns, of: columns, row: place / columns, of: rows, gap: Self.gap)
      canvas.text("layer \(result.layers[index])", at: Point(x: cell.x, y: cell.y + 10), .panel)
      canvas.text(measures(index), at: Point(x: cell.x, y: cell.y + 22), .note)
      EmbeddingPanel(points: result.points[index], labels: result.labels, radius: side / 70)
        .draw(on: canvas, in: cell.inset(top: Self.head))
    }
  }

  private func measures(_ layer: Int) -> String {
    [("sil.", EmbeddingResult.Measure.silhouette), ("AUC", .probeAUC)].compactMap { name, measure in
      guard let value = result.measures[measure]?[layer], value.isFinite else { return nil }
      return "\(name) \(text(value, decimals: 2))"
    }.joined(separator: "  ")
  }

  private var notes: [String] {
    var notes = ["\(result.settings). Only neighbourhood counts: axes have no unit."]
    let parts = [
      ("sil. is the silhouette of the labels in the picture", EmbeddingResult.Measure.silhouette),
      ("AUC is that of a cross-validated linear probe on the states themselves", .probeAUC),
    ].compactMap { words, measure -> String? in
      guard result.measures[measure] != nil else { return nil }
      guard let high = result.permuted[measure]?.high.filter(\.isFinite).max() else { return words }
      return words
        + " (labels permuted: below \(text(high, decimals: 2)) in 95% of draws, any layer)"
    }
    if !parts.isEmpty { notes.append(parts.joined(separator: "; ") + ".") }
    return notes
  }
}
