/// A metric over windows (columns) and interventions with their strengths (rows), a map per label.
struct SweepHeatMap: Chart {
  private static let rowHeight = 22.0
  private static let barWidth = 76.0
  private static let headHeight = 22.0
  private static let footHeight = 40.0
  private static let gap = 20.0

  let result: SweepResult
  let metric: SweepMetric
  let origin: String

  var caption: Caption {
    Caption(
      title: "Windows of layers × strength: \(title)", origin: origin,
      notes: result.settings.count < result.plannedCount ? [unfinishedNote(result)] : [])
  }

  let legend: [LegendEntry] = []

  /// Log-odds mean little alone, so the map shows how they change.
  private var isChange: Bool { metric == .logOdds && result.baseline[.logOdds] != nil }

  private var title: String { isChange ? "change of the \(metric.title)" : metric.title }

  private var windows: [Window] {
    Set(result.settings.map(Window.init)).sorted { ($0.first, $0.last) < ($1.first, $1.last) }
  }

  /// Modes in the file's order, the strongest positive strength on top.
  private var rowNames: [String] {
    var modes: [String] = []
    for setting in result.settings where !modes.contains(setting.mode) {
      modes.append(setting.mode)
    }
    return modes.flatMap { mode in
      let own = result.settings.filter { $0.mode == mode }
      let strengths = Set(own.map { $0.strength ?? 0 }).sorted(by: >)
      return strengths.compactMap { strength in
        own.first { ($0.strength ?? 0) == strength }?.name
      }
    }
  }

  private var panelTitles: [String] {
    guard metric != .perplexity else { return ["all prompts"] }
    return zip(result.labels, result.labelCounts).map { label, count in
      "\(label.isEmpty ? "no label" : label) (\(count))"
    }
  }

  /// Wide enough for the names of the rows.
  private var nameWidth: Double { 16 + 5.9 * Double(rowNames.map(\.count).max() ?? 0) }

  private var mapWidth: Double {
    max((windows.count > 12 ? 30 : 42) * Double(windows.count), 120)
  }

  private var mapHeight: Double { Self.rowHeight * Double(rowNames.count) }

  /// Labels stand side by side where that fits a page, else one below the other.
  private var isSideBySide: Bool {
    Double(panelTitles.count) * (mapWidth + Self.gap) <= 720
  }

  var size: Size {
    let count = Double(panelTitles.count)
    let height = Self.headHeight + mapHeight + Self.footHeight
    return isSideBySide
      ? Size(
        width: max(nameWidth + count * (mapWidth + Self.gap) + Self.barWidth, 420),
        height: max(height, 150))
      : Size(
        width: nameWidth + mapWidth + Self.gap + Self.barWidth,
        height: count * height + (count - 1) * 8)
  }

  func draw(on canvas: borrowing Canvas, in body: Rect) {
    let names = rowNames
    let shift = isSideBySide ? mapWidth + Self.gap : 0
    let drop = isSideBySide ? 0 : Self.headHeight + mapHeight + Self.footHeight + 8
    for (number, title) in panelTitles.enumerated() {
      let frame = Rect(
        x: body.x + nameWidth + Double(number) * shift,
        y: body.y + Self.headHeight + Double(number) * drop, width: mapWidth, height: mapHeight)
      canvas.text(title, at: Point(x: frame.x, y: frame.y - 8), .panel)
      drawMap(number, names, on: canvas, in: frame)
      guard !isSideBySide || number == 0 else { continue }
      for (row, name) in names.enumerated() {
        let y = frame.y + (Double(row) + 0.5) * Self.rowHeight
        canvas.centred(name, at: Point(x: frame.x - 7, y: y), .label, anchor: .end)
      }
    }
    let last = isSideBySide ? Double(panelTitles.count) : 1
    ColorBar(title: title, domain: domain, color: color).draw(
      on: canvas,
      in: Rect(
        x: body.x + nameWidth + last * (mapWidth + Self.gap) - 4, y: body.y + Self.headHeight,
        width: 12, height: max(mapHeight, 88)))
  }

  private func drawMap(
    _ column: Int, _ names: [String], on canvas: borrowing Canvas, in frame: Rect
  ) {
    canvas.fill(frame, Color(0xF2F2F2))
    let windows = windows
    let width = frame.width / Double(windows.count)
    for (setting, values) in zip(result.settings, result.values[metric] ?? []) {
      guard let row = names.firstIndex(of: setting.name), values[column].isFinite,
        let place = windows.firstIndex(of: Window(setting))
      else { continue }
      let value = shown(values[column], column)
      let cell = Rect(
        x: frame.x + Double(place) * width, y: frame.y + Double(row) * Self.rowHeight,
        width: width, height: Self.rowHeight)
      canvas.fill(cell, color(value))
      canvas.outline(cell, Stroke(color: .white, width: 1))
      canvas.centred(
        text(value, decimals: abs(value) >= 100 ? 0 : abs(value) >= 10 ? 1 : 2), at: cell.middle,
        TextStyle(size: 8.5, color: color(value).readableInk))
    }
    for (place, window) in windows.enumerated() {
      canvas.centred(
        window.name, at: Point(x: frame.x + (Double(place) + 0.5) * width, y: frame.maxY + 11),
        .tick)
    }
    canvas.centred("layers", at: Point(x: frame.middle.x, y: frame.maxY + 27), .label)
  }

  private func shown(_ value: Double, _ column: Int) -> Double {
    guard isChange, let baseline = result.baseline[metric] else { return value }
    return value - baseline[column]
  }

  /// The numbers that the colours span: a rate's 0 to 1, else what occurs.
  private var domain: ClosedRange<Double> {
    let all = (result.values[metric] ?? []).flatMap { row in
      row.indices.filter { row[$0].isFinite }.map { shown(row[$0], $0) }
    }
    switch metric {
    case .refusalRate: return 0...1
    case .logOdds:
      let most = max(all.map(abs).max() ?? 1, 1e-6)
      return -most...most
    case .kl: return 0...max(all.max() ?? 1, 1e-6)
    case .perplexity:
      let low = all.min() ?? 0
      return low...max(all.max() ?? 1, low + max(abs(low) * 1e-3, 1e-6))
    }
  }

  private func color(_ value: Double) -> Color {
    let domain = domain
    let share = (value - domain.lowerBound) / (domain.upperBound - domain.lowerBound)
    return metric == .logOdds ? Palette.diverging(2 * share - 1) : Palette.sequential(share)
  }

  /// A run of layers.
  private struct Window: Hashable {
    let first: Int
    let last: Int
    let name: String

    init(_ setting: SweepResult.Setting) {
      (first, last, name) = (setting.firstLayer, setting.lastLayer, setting.window)
    }
  }
}
