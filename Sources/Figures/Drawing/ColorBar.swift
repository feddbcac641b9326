/// A strip that says which number a colour stands for.
struct ColorBar {
  let title: String
  let domain: ClosedRange<Double>
  let color: (Double) -> Color

  /// Draws the strip upright in `frame`, numbers to its right.
  func draw(on canvas: borrowing Canvas, in frame: Rect) {
    let scale = Scale(domain: domain, ends: (frame.maxY, frame.y))
    let steps = 64
    for step in 0..<steps {
      let share = Double(step) / Double(steps)
      let value = domain.lowerBound + (share + 0.5 / Double(steps)) * width
      let height = frame.height / Double(steps)
      // Strips overlap a little, so that no gaps shine through between them.
      canvas.fill(
        Rect(
          x: frame.x, y: frame.maxY - frame.height * share - height, width: frame.width,
          height: height + (step > 0 ? 0.5 : 0)), color(value))
    }
    canvas.outline(frame, Stroke(color: .frame, width: 0.8))
    let ticks = Scale.ticks(in: domain, count: max(Int(frame.height / 30), 2))
    let texts = Scale.texts(of: ticks)
    for (tick, text) in zip(ticks, texts) {
      canvas.centred(
        text, at: Point(x: frame.maxX + 5, y: scale(tick)), .tick, anchor: .start)
    }
    let widest = texts.map { canvas.width(of: $0, .tick) }.max() ?? 0
    canvas.upright(title, at: Point(x: frame.maxX + widest + 14, y: frame.middle.y), .label)
  }

  private var width: Double { domain.upperBound - domain.lowerBound }
}
