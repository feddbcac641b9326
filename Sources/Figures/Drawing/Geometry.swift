/// A place on the page in points (1/72 inch), x to the right and y down.
struct Point: Equatable {
  var x: Double
  var y: Double
}

/// A width and a height in points.
struct Size: Equatable {
  var width: Double
  var height: Double
}

/// A rectangle on the page, in points.
struct Rect: Equatable {
  var x: Double
  var y: Double
  var width: Double
  var height: Double

  var maxX: Double { x + width }
  var maxY: Double { y + height }
  var middle: Point { Point(x: x + width / 2, y: y + height / 2) }

  /// The rectangle without a margin inside its four sides.
  func inset(left: Double = 0, top: Double = 0, right: Double = 0, bottom: Double = 0) -> Rect {
    Rect(
      x: x + left, y: y + top, width: width - left - right, height: height - top - bottom)
  }

  /// The cell at a column and a row of a grid that fills the rectangle, with gaps between cells.
  func cell(column: Int, of columns: Int, row: Int, of rows: Int, gap: Size) -> Rect {
    let cellWidth = (width - gap.width * Double(columns - 1)) / Double(columns)
    let cellHeight = (height - gap.height * Double(rows - 1)) / Double(rows)
    return Rect(
      x: x + Double(column) * (cellWidth + gap.width),
      y: y + Double(row) * (cellHeight + gap.height), width: cellWidth, height: cellHeight)
  }
}
