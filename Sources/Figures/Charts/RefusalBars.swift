import Numerics

/// The share of refused prompts per setting and label, with Wilson's 95 % intervals.
struct RefusalBars: Chart {
  private static let barHeight = 15.0
  private static let groupGap = 12.0
  private static let width = 640.0

  let rates: RefusalRates
  let origin: String
  let notes: [String]

  var caption: Caption {
    Caption(
      title: "Refused prompts", origin: origin,
      notes: [
        "Lines: Wilson's 95% interval. Numbers: refused of all prompts with that label; grey: broken "
          + "answers (empty, looping, ...)."
      ]
        + notes)
  }

  var legend: [LegendEntry] {
    styles.map { LegendEntry(name: $0.name, color: $0.color, sample: .area) }
  }

  private var labels: [String] { rates.settings.first?.shares.map(\.label) ?? [] }

  private var styles: [LabelStyle] { LabelStyle.styles(of: labels) }

  private var groupHeight: Double { Double(labels.count) * Self.barHeight + Self.groupGap }

  var size: Size {
    Size(width: Self.width, height: Double(rates.settings.count) * groupHeight + 46)
  }

  func draw(on canvas: borrowing Canvas, in body: Rect) {
    let names = rates.settings.map { canvas.fitted($0.name, width: 190, .label) }
    let nameWidth = names.map { canvas.width(of: $0, .label) }.max() ?? 0
    let panel = Panel(
      frame: body.inset(left: nameWidth + 12, top: 2, right: 62, bottom: 38), x: 0...1, y: 0...1)
    for share in [0, 0.25, 0.5, 0.75, 1] {
      let x = panel.x(share)
      canvas.line(
        [Point(x: x, y: panel.frame.y), Point(x: x, y: panel.frame.maxY)],
        Stroke(color: .grid, width: 0.8))
    }
    panel.drawAxes(
      on: canvas,
      xTicks: [0, 0.25, 0.5, 0.75, 1].map {
        Panel.Tick(value: $0, text: "\(Int($0 * 100))%")
      }, yTicks: [], xTitle: "refusal rate", yTitle: nil)
    for (number, setting) in rates.settings.enumerated() {
      let top = panel.frame.y + Double(number) * groupHeight + Self.groupGap / 2
      canvas.centred(
        names[number],
        at: Point(x: panel.frame.x - 8, y: top + (groupHeight - Self.groupGap) / 2), .label,
        anchor: .end)
      for (bar, share) in setting.shares.enumerated() {
        draw(
          share, styles[bar].color, on: canvas, panel,
          y: top + (Double(bar) + 0.5) * Self.barHeight)
      }
    }
  }

  private func draw(
    _ share: RefusalRates.Share, _ color: Color, on canvas: borrowing Canvas, _ panel: Panel,
    y: Double
  ) {
    guard let estimate = EstimatedShare(share.refused, of: share.count) else { return }
    let (rate, interval) = (estimate.value, estimate.interval)
    canvas.fill(
      Rect(
        x: panel.frame.x, y: y - Self.barHeight / 2 + 1, width: panel.x(rate) - panel.frame.x,
        height: Self.barHeight - 2), color.with(alpha: 0.75))
    let broken = Double(share.broken) / Double(share.count)
    canvas.fill(
      Rect(
        x: panel.x(rate), y: y - Self.barHeight / 2 + 1,
        width: panel.x(rate + broken) - panel.x(rate),
        height: Self.barHeight - 2), Color.grid)
    let ends = [Point(x: panel.x(interval.low), y: y), Point(x: panel.x(interval.high), y: y)]
    let whisker = Stroke(color: .ink, width: 1.2)
    canvas.line(ends, whisker)
    for end in ends {
      canvas.line([Point(x: end.x, y: y - 3), Point(x: end.x, y: y + 3)], whisker)
    }
    canvas.centred(
      "\(share.refused) of \(share.count)", at: Point(x: panel.frame.maxX + 6, y: y), .tick,
      anchor: .start)
  }
}
