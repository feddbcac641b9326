/// A rectangle with two scales, which draws its grid, ticks and axis titles.
struct Panel {
  /// A number on an axis and its text.
  struct Tick {
    let value: Double
    let text: String
  }

  /// The inner rectangle, in which data are drawn.
  let frame: Rect
  let x: Scale
  let y: Scale

  init(frame: Rect, x: ClosedRange<Double>, y: ClosedRange<Double>) {
    self.frame = frame
    self.x = Scale(domain: x, ends: (frame.x, frame.maxX))
    self.y = Scale(domain: y, ends: (frame.maxY, frame.y))
  }

  func place(_ x: Double, _ y: Double) -> Point { Point(x: self.x(x), y: self.y(y)) }

  /// Round ticks of the y axis.
  var yTicks: [Tick] { Self.ticks(Scale.ticks(in: y.domain, count: Int(frame.height / 34))) }

  /// Ticks at whole numbers, for layers.
  var layerTicks: [Tick] {
    let spread = x.domain.upperBound - x.domain.lowerBound
    let count = min(Int(frame.width / 26), max(Int(spread), 1))
    return Scale.ticks(in: x.domain, count: count).filter { $0.rounded() == $0 }
      .map { Tick(value: $0, text: text($0, decimals: 0)) }
  }

  private static func ticks(_ values: [Double]) -> [Tick] {
    zip(values, Scale.texts(of: values)).map { Tick(value: $0, text: $1) }
  }

  func drawAxes(
    on canvas: borrowing Canvas, xTicks: [Tick], yTicks: [Tick], xTitle: String, yTitle: String?
  ) {
    for tick in yTicks {
      let y = self.y(tick.value)
      canvas.line(
        [Point(x: frame.x, y: y), Point(x: frame.maxX, y: y)],
        Stroke(color: .grid, width: 0.8))
      if yTitle != nil {
        canvas.centred(tick.text, at: Point(x: frame.x - 6, y: y), .tick, anchor: .end)
      }
    }
    for tick in xTicks {
      let x = self.x(tick.value)
      canvas.line(
        [Point(x: x, y: frame.maxY), Point(x: x, y: frame.maxY + 3)],
        Stroke(color: .frame, width: 0.8))
      canvas.centred(tick.text, at: Point(x: x, y: frame.maxY + 11), .tick)
    }
    canvas.outline(frame, Stroke(color: .frame, width: 0.8))
    canvas.centred(xTitle, at: Point(x: frame.middle.x, y: frame.maxY + 27), .label)
    guard let yTitle else { return }
    let widest = yTicks.map { canvas.width(of: $0.text, .tick) }.max() ?? 0
    canvas.upright(
      yTitle, at: Point(x: frame.x - widest - 18, y: frame.middle.y), .label)
  }
}
