/// Entries in rows as wide as the page, in the order given.
struct Legend {
  private static let style = TextStyle.label
  private static let rowHeight = 16.0
  private static let sampleWidth = 20.0
  private static let gap = 18.0

  let entries: [LegendEntry]
  let width: Double

  /// The height of all rows in points.
  func height(on canvas: borrowing Canvas) -> Double {
    Double(rows(on: canvas).count) * Self.rowHeight
  }

  func draw(on canvas: borrowing Canvas, at corner: Point) {
    for (number, row) in rows(on: canvas).enumerated() {
      let y = corner.y + (Double(number) + 0.5) * Self.rowHeight
      var x = corner.x
      for entry in row {
        draw(entry, on: canvas, at: Point(x: x, y: y))
        let name = shownName(entry, canvas)
        canvas.centred(
          name, at: Point(x: x + Self.sampleWidth + 5, y: y), Self.style, anchor: .start)
        x += entryWidth(entry, canvas) + Self.gap
      }
    }
  }

  private func rows(on canvas: borrowing Canvas) -> [[LegendEntry]] {
    var rows: [[LegendEntry]] = []
    var used = Double.infinity
    for entry in entries {
      let needed = entryWidth(entry, canvas)
      if used + needed > width {
        rows.append([])
        used = 0
      }
      rows[rows.count - 1].append(entry)
      used += needed + Self.gap
    }
    return rows
  }

  private func shownName(_ entry: LegendEntry, _ canvas: borrowing Canvas) -> String {
    canvas.fitted(entry.name, width: width - Self.sampleWidth - 5, Self.style)
  }

  private func entryWidth(_ entry: LegendEntry, _ canvas: borrowing Canvas) -> Double {
    Self.sampleWidth + 5 + canvas.width(of: shownName(entry, canvas), Self.style)
  }

  private func draw(_ entry: LegendEntry, on canvas: borrowing Canvas, at place: Point) {
    let middle = Point(x: place.x + Self.sampleWidth / 2, y: place.y)
    switch entry.sample {
    case .mark(let mark): canvas.mark(mark, at: middle, radius: 3.5, entry.color)
    case .line(let dashes, let mark):
      canvas.line(
        [place, Point(x: place.x + Self.sampleWidth, y: place.y)],
        Stroke(color: entry.color, width: 1.8, dashes: dashes))
      if let mark { canvas.mark(mark, at: middle, radius: 3, entry.color) }
    case .area:
      canvas.fill(
        Rect(x: middle.x - 6, y: middle.y - 5, width: 12, height: 10), entry.color)
    }
  }
}
