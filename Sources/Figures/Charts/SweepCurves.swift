/// A metric over the layers of a sweep's windows: a panel per label, a line per intervention.
struct SweepCurves: Chart {
  private static let dashes: [[Double]] = [[], [5, 3], [1.5, 2.5]]

  let result: SweepResult
  let metric: SweepMetric
  let origin: String

  var caption: Caption {
    Caption(
      title: "Intervening on windows of layers: \(metric.title)", origin: origin, notes: notes)
  }

  var legend: [LegendEntry] {
    let lines = names.enumerated().map { number, name in
      LegendEntry(
        name: name, color: color(number),
        sample: .line(dashes: dashes(number), mark: mark(number)))
    }
    guard metric != .kl, result.baseline[metric] != nil else { return lines }
    return lines + [
      LegendEntry(name: "unchanged model", color: .muted, sample: .line(dashes: [2, 2], mark: nil))
    ]
  }

  var size: Size { Size(width: panelTitles.count > 1 ? 680 : 480, height: 330) }

  /// Interventions in the order of the file.
  private var names: [String] {
    var seen: Set<String> = []
    return result.settings.map(\.name).filter { seen.insert($0).inserted }
  }

  private var rows: [[Double]] { result.values[metric] ?? [] }

  private var panelTitles: [String] {
    metric == .perplexity ? [""] : result.labelTitles
  }

  func draw(on canvas: borrowing Canvas, in body: Rect) {
    let ends = result.settings.flatMap { [Double($0.firstLayer), Double($0.lastLayer)] }
    let bands = (result.bands[metric] ?? []).joined().compactMap { $0 }
    let all =
      rows.joined().filter(\.isFinite) + (result.baseline[metric] ?? []).filter(\.isFinite)
      + bands.flatMap { [$0.lowerBound, $0.upperBound] }
    let y = metric.isRate ? -0.03...1.03 : Scale.domain(of: all)
    let area = body.inset(left: 56)
    for (column, title) in panelTitles.enumerated() {
      let cell = area.cell(
        column: column, of: panelTitles.count, row: 0, of: 1, gap: Size(width: 18, height: 0))
      let panel = Panel(
        frame: cell.inset(top: 18, right: 4, bottom: 38),
        x: Scale.domain(of: ends, margin: 0.03), y: y)
      canvas.text(title, at: Point(x: panel.frame.x, y: cell.y + 10), .panel)
      panel.drawAxes(
        on: canvas, xTicks: panel.layerTicks, yTicks: panel.yTicks, xTitle: "layer",
        yTitle: column == 0 ? metric.title : nil)
      drawBaseline(column, on: canvas, panel)
      for (number, name) in names.enumerated() {
        drawBands(number, name, column, on: canvas, panel)
      }
      for (number, name) in names.enumerated() {
        drawLine(number, name, column, on: canvas, panel)
      }
    }
  }

  private func drawBaseline(_ column: Int, on canvas: borrowing Canvas, _ panel: Panel) {
    guard let values = result.baseline[metric], column < values.count, values[column].isFinite
    else { return }
    let y = panel.y(values[column])
    canvas.line(
      [Point(x: panel.frame.x, y: y), Point(x: panel.frame.maxX, y: y)],
      Stroke(color: .muted, width: 1.2, dashes: [2, 2]))
  }

  private func drawBands(
    _ number: Int, _ name: String, _ column: Int, on canvas: borrowing Canvas, _ panel: Panel
  ) {
    guard let bands = result.bands[metric] else { return }
    for (setting, bands) in zip(result.settings, bands)
    where setting.name == name && column < bands.count {
      guard let band = bands[column] else { continue }
      // A single layer's would be a line without width.
      let top = panel.place(Double(setting.firstLayer) - 0.3, band.upperBound)
      let bottom = panel.place(Double(setting.lastLayer) + 0.3, band.lowerBound)
      canvas.fill(
        Rect(
          x: top.x, y: top.y, width: bottom.x - top.x, height: max(bottom.y - top.y, 1)),
        color(number).with(alpha: 0.16))
    }
  }

  private func drawLine(
    _ number: Int, _ name: String, _ column: Int, on canvas: borrowing Canvas, _ panel: Panel
  ) {
    let own = zip(result.settings, rows).filter { $0.0.name == name && $0.1[column].isFinite }
      .sorted { middle(of: $0.0) < middle(of: $1.0) }
    let color = color(number)
    for (setting, values) in own where setting.firstLayer < setting.lastLayer {
      canvas.line(
        [
          panel.place(Double(setting.firstLayer), values[column]),
          panel.place(Double(setting.lastLayer), values[column]),
        ], Stroke(color: color.with(alpha: 0.35), width: 3))
    }
    let places = own.map { panel.place(middle(of: $0.0), $0.1[column]) }
    canvas.line(places, Stroke(color: color, width: 1.6, dashes: dashes(number)))
    for place in places { canvas.mark(mark(number), at: place, radius: 3, color) }
  }

  private func middle(of setting: SweepResult.Setting) -> Double {
    Double(setting.firstLayer + setting.lastLayer) / 2
  }

  private func color(_ number: Int) -> Color {
    Palette.categories[number % Palette.categories.count]
  }

  private func mark(_ number: Int) -> LabelStyle.Mark {
    LabelStyle.Mark.allCases[number % LabelStyle.Mark.allCases.count]
  }

  private func dashes(_ number: Int) -> [Double] {
    Self.dashes[number / Palette.categories.count % Self.dashes.count]
  }

  private var notes: [String] {
    var notes = ["A mark is at the middle of its window; the pale bar is the window."]
    if result.controlCount > 0 {
      notes.append(
        "Shaded: least to most that \(result.controlCount) sets of random directions as long as the "
          + "vectors did.")
    }
    if result.settings.count < result.plannedCount {
      notes.append(unfinishedNote(result))
    }
    return notes
  }
}

func unfinishedNote(_ result: SweepResult) -> String {
  "The sweep is unfinished: \(result.settings.count) of \(result.plannedCount) points are done."
}
