import CCairo
import Foundation

/// How a line looks.
struct Stroke {
  var color: Color
  var width = 1.0
  /// Lengths of dashes and gaps in points; none for a whole line.
  var dashes: [Double] = []
}

extension Canvas {
  func fill(_ rect: Rect, _ color: Color) {
    cairo_rectangle(context, rect.x, rect.y, rect.width, rect.height)
    use(color)
    cairo_fill(context)
  }

  func outline(_ rect: Rect, _ stroke: Stroke) {
    cairo_rectangle(context, rect.x, rect.y, rect.width, rect.height)
    apply(stroke)
  }

  func line(_ points: [Point], _ stroke: Stroke) {
    trace(points)
    cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
    apply(stroke)
  }

  func polygon(_ points: [Point], _ color: Color) {
    trace(points)
    cairo_close_path(context)
    use(color)
    cairo_fill(context)
  }

  /// A mark of about equal area whatever its shape.
  func mark(_ mark: LabelStyle.Mark, at place: Point, radius: Double, _ color: Color) {
    switch mark {
    case .disc:
      cairo_new_sub_path(context)
      cairo_arc(context, place.x, place.y, radius, 0, 2 * Double.pi)
      use(color)
      cairo_fill(context)
    case .triangle:
      polygon(corners(3, at: place, radius: 1.25 * radius, turn: 0), color)
    case .square: polygon(corners(4, at: place, radius: 1.25 * radius, turn: 0.125), color)
    case .diamond: polygon(corners(4, at: place, radius: 1.25 * radius, turn: 0), color)
    }
  }

  /// Draws with everything outside a rectangle left out.
  func clipped<Failure: Error>(
    to rect: Rect, _ draw: () throws(Failure) -> Void
  ) throws(Failure) {
    cairo_save(context)
    defer { cairo_restore(context) }
    cairo_rectangle(context, rect.x, rect.y, rect.width, rect.height)
    cairo_clip(context)
    try draw()
  }

  func use(_ color: Color) {
    cairo_set_source_rgba(context, color.red, color.green, color.blue, color.alpha)
  }

  private func trace(_ points: [Point]) {
    guard let first = points.first else { return }
    cairo_move_to(context, first.x, first.y)
    for point in points.dropFirst() { cairo_line_to(context, point.x, point.y) }
  }

  private func apply(_ stroke: Stroke) {
    use(stroke.color)
    cairo_set_line_width(context, stroke.width)
    cairo_set_dash(context, stroke.dashes, Int32(stroke.dashes.count), 0)
    cairo_stroke(context)
  }

  /// The corners of a regular polygon, the first one at the top plus a share of a whole turn.
  private func corners(_ count: Int, at place: Point, radius: Double, turn: Double) -> [Point] {
    (0..<count).map { corner in
      let angle = 2 * Double.pi * (Double(corner) / Double(count) + turn - 0.25)
      return Point(
        x: place.x + radius * cos(angle), y: place.y + radius * sin(angle))
    }
  }
}
