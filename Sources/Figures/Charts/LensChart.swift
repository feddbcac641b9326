/// The logit lens as a table: rows are layers, cells are first tokens, shaded by how likely.
struct LensChart: Chart {
  /// A row of the table.
  struct Row {
    let name: String
    let cells: [LensCell]
  }

  private static let cell = Size(width: 64, height: 17)
  private static let headHeight = 20.0
  private static let barWidth = 84.0

  let caption: Caption
  let columns: [String]
  let columnTitle: String
  let rows: [Row]
  let valueTitle: String

  let legend: [LegendEntry] = []

  private var nameWidth: Double { 14 + 5.2 * Double(rows.map(\.name.count).max() ?? 0) }

  /// Few columns get more room, for a title needs it too.
  private var cellWidth: Double { max(Self.cell.width, 260 / Double(max(columns.count, 1))) }

  var size: Size {
    Size(
      width: 20 + nameWidth + cellWidth * Double(columns.count) + Self.barWidth,
      height: Self.headHeight + Self.cell.height * Double(rows.count) + 24)
  }

  func draw(on canvas: borrowing Canvas, in body: Rect) {
    let table = Rect(
      x: body.x + 20 + nameWidth, y: body.y + Self.headHeight,
      width: cellWidth * Double(columns.count), height: Self.cell.height * Double(rows.count))
    for (column, name) in columns.enumerated() {
      canvas.centred(
        canvas.fitted(name, width: cellWidth - 4, .tick),
        at: Point(x: table.x + (Double(column) + 0.5) * cellWidth, y: table.y - 8), .tick)
    }
    for (number, row) in rows.enumerated() {
      draw(row, on: canvas, at: Point(x: table.x, y: table.y + Double(number) * Self.cell.height))
    }
    canvas.outline(table, Stroke(color: .frame, width: 0.8))
    canvas.upright("layer", at: Point(x: body.x + 8, y: table.middle.y), .label)
    canvas.centred(columnTitle, at: Point(x: table.middle.x, y: table.maxY + 14), .label)
    ColorBar(title: valueTitle, domain: domain, color: color).draw(
      on: canvas,
      in: Rect(x: table.maxX + 16, y: table.y, width: 12, height: min(table.height, 180)))
  }

  private func draw(_ row: Row, on canvas: borrowing Canvas, at corner: Point) {
    canvas.centred(
      row.name, at: Point(x: corner.x - 6, y: corner.y + Self.cell.height / 2), .tick,
      anchor: .end)
    for (column, cell) in row.cells.enumerated() {
      let frame = Rect(
        x: corner.x + Double(column) * cellWidth, y: corner.y, width: cellWidth,
        height: Self.cell.height)
      let color = color(cell.value)
      canvas.fill(frame, color)
      canvas.outline(frame, Stroke(color: .white, width: 0.6))
      let style = TextStyle(size: 8.5, color: color.readableInk)
      canvas.centred(
        canvas.fitted(visible(cell.token), width: cellWidth - 6, style), at: frame.middle, style)
    }
  }

  /// Probabilities span 0 to 1; scores what occurs.
  private var domain: ClosedRange<Double> {
    guard valueTitle != "probability" else { return 0...1 }
    let all = rows.flatMap { $0.cells.map(\.value) }
    let low = min(all.min() ?? 0, 0)
    return low...max(all.max() ?? 1, low + 1e-6)
  }

  private func color(_ value: Double) -> Color {
    let domain = domain
    return Palette.sequential(
      (value - domain.lowerBound) / (domain.upperBound - domain.lowerBound))
  }
}

extension LensChart {
  /// Vectors: the tokens that each layer promotes most, first place first.
  init(_ vectors: LensVectors, columns count: Int, origin: String) {
    self.init(
      caption: Caption(
        title: "Tokens that the refusal vectors promote", origin: origin,
        notes: ["␣ is a space. Shading: the token's score under the unembedding."]),
      columns: (1...count).map(String.init), columnTitle: "place",
      rows: zip(vectors.names, vectors.promoted).map { name, cells in
        Row(name: name, cells: Array(cells.prefix(count)))
      }, valueTitle: "score")
  }

  /// One prompt's hidden states, the last layer on top, as it comes out of the model.
  init(
    _ table: LensStates.Table, layers: [Int], id: String, columns: Range<Int>, origin: String
  ) {
    let cut =
      columns.lowerBound > 0
      ? " The last \(columns.count) of \(table.columns.count) tokens are shown." : ""
    self.init(
      caption: Caption(
        title: "Logit lens on prompt \(id)", origin: origin,
        notes: [
          "A cell is the most likely next token if the model stopped at that layer." + cut
        ]),
      columns: Array(table.columns[columns]), columnTitle: "position",
      rows: zip(layers, table.cells).reversed().map { layer, cells in
        Row(name: "\(layer)", cells: columns.map { cells[$0].first ?? LensCell.none })
      }, valueTitle: "probability")
  }
}

extension LensCell {
  /// A cell without a token.
  static let none = LensCell(token: "", value: 0)
}
