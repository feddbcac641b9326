/// A metric over windows (columns) and interventions with their strengths (rows), a map per label.
struct SweepHeatMap: Chart {
  private static let rowHeight = 22.0
  private static let barWidth = 76.0
  private static let headHeight = 22.0
  private static let footHeight = 40.0
  private static let gap = 20.0

  let origin: String
  private let result: SweepResult
  private let grid: SweepGrid
  private let map: SweepMap
  private let titles: [String]

  let legend: [LegendEntry] = []

  init(result: SweepResult, metric: SweepMetric, origin: String) {
    self.origin = origin
    self.result = result
    grid = SweepGrid(result)
    map = SweepMap(result, metric: metric)
    titles = metric == .perplexity ? ["all prompts"] : result.labelTitles
  }

  var caption: Caption {
    Caption(
      title: "Windows of layers × strength: \(map.title)", origin: origin,
      notes: result.settings.count < result.plannedCount ? [unfinishedNote(result)] : [])
  }

  /// Wide enough for the names of the rows.
  private var nameWidth: Double { 16 + 5.9 * Double(grid.names.map(\.count).max() ?? 0) }

  private var mapWidth: Double {
    max((grid.windows.count > 12 ? 30 : 42) * Double(grid.windows.count), 120)
  }

  private var mapHeight: Double { Self.rowHeight * Double(grid.names.count) }

  /// Labels stand side by side where that fits a page, else one below the other.
  private var isSideBySide: Bool {
    Double(titles.count) * (mapWidth + Self.gap) <= 720
  }

  var size: Size {
    let count = Double(titles.count)
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
    let shift = isSideBySide ? mapWidth + Self.gap : 0
    let drop = isSideBySide ? 0 : Self.headHeight + mapHeight + Self.footHeight + 8
    for (number, title) in titles.enumerated() {
      let frame = Rect(
        x: body.x + nameWidth + Double(number) * shift,
        y: body.y + Self.headHeight + Double(number) * drop, width: mapWidth, height: mapHeight)
      canvas.text(title, at: Point(x: frame.x, y: frame.y - 8), .panel)
      drawCells(map.values[number], on: canvas, in: frame)
      drawWindows(on: canvas, below: frame)
      if !isSideBySide || number == 0 { drawNames(on: canvas, beside: frame) }
    }
    let last = isSideBySide ? Double(titles.count) : 1
    ColorBar(title: map.title, domain: map.domain, color: map.color).draw(
      on: canvas,
      in: Rect(
        x: body.x + nameWidth + last * (mapWidth + Self.gap) - 4, y: body.y + Self.headHeight,
        width: 12, height: max(mapHeight, 88)))
  }

  private func drawCells(_ values: [Double], on canvas: borrowing Canvas, in frame: Rect) {
    canvas.fill(frame, Color(0xF2F2F2))
    for (setting, value) in zip(result.settings, values) where value.isFinite {
      let cell = frame.cell(
        column: grid.column(of: setting), of: grid.windows.count, row: grid.row(of: setting),
        of: grid.names.count, gap: Size(width: 0, height: 0))
      canvas.fill(cell, map.color(value))
      canvas.outline(cell, Stroke(color: .white, width: 1))
      canvas.centred(
        text(value, decimals: abs(value) >= 100 ? 0 : abs(value) >= 10 ? 1 : 2), at: cell.middle,
        TextStyle(size: 8.5, color: map.color(value).readableInk))
    }
  }

  private func drawWindows(on canvas: borrowing Canvas, below frame: Rect) {
    let width = frame.width / Double(grid.windows.count)
    for (place, window) in grid.windows.enumerated() {
      canvas.centred(
        window.name, at: Point(x: frame.x + (Double(place) + 0.5) * width, y: frame.maxY + 11),
        .tick)
    }
    canvas.centred("layers", at: Point(x: frame.middle.x, y: frame.maxY + 27), .label)
  }

  private func drawNames(on canvas: borrowing Canvas, beside frame: Rect) {
    for (row, name) in grid.names.enumerated() {
      let y = frame.y + (Double(row) + 0.5) * Self.rowHeight
      canvas.centred(name, at: Point(x: frame.x - 7, y: y), .label, anchor: .end)
    }
  }
}
