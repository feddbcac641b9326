import Numerics

/// The points of one layer in a square, without axes: only neighbourhood means something in t-SNE.
struct EmbeddingPanel {
  let points: [Point]
  let labels: [String]
  let radius: Double

  /// The points keep their aspect, and are drawn in an order that favours no label.
  func draw(on canvas: borrowing Canvas, in frame: Rect) {
    canvas.fill(frame, Color(0xFBFBFB))
    let styles = LabelStyle.styles(of: labels)
    let order = LabelStyle.order(of: labels)
    let inner = frame.inset(
      left: 2 * radius + 1, top: 2 * radius + 1, right: 2 * radius + 1, bottom: 2 * radius + 1)
    let places = placed(in: inner)
    // Files often alternate labels pair by pair, and the later of two points covers the earlier.
    var random = SplitMix64(seed: 0)
    let ranks = places.map { _ in random.next() }
    for index in places.indices.sorted(by: { ranks[$0] < ranks[$1] }) {
      let style = styles[order[labels[index], default: 0]]
      canvas.mark(style.mark, at: places[index], radius: radius, style.color.with(alpha: 0.72))
    }
    canvas.outline(frame, Stroke(color: .frame, width: 0.8))
  }

  private func placed(in frame: Rect) -> [Point] {
    let (xs, ys) = (points.map(\.x), points.map(\.y))
    let (left, right) = (xs.min() ?? 0, xs.max() ?? 1)
    let (low, high) = (ys.min() ?? 0, ys.max() ?? 1)
    let spread = max(right - left, high - low)
    let scale = min(frame.width, frame.height) / (spread > 0 ? spread : 1)
    return points.map { point in
      Point(
        x: frame.middle.x + (point.x - (left + right) / 2) * scale,
        y: frame.middle.y - (point.y - (low + high) / 2) * scale)
    }
  }

  static func legend(of labels: [String]) -> [LegendEntry] {
    LabelStyle.styles(of: labels).map { style in
      let count = labels.count { ($0.isEmpty ? "no label" : $0) == style.name }
      return LegendEntry(
        name: "\(style.name) (\(count))", color: style.color, sample: .mark(style.mark))
    }
  }
}
