import CCairo

/// How text looks.
struct TextStyle {
  var size: Double
  var isBold = false
  var color = Color.ink

  static let title = TextStyle(size: 13, isBold: true)
  static let subtitle = TextStyle(size: 9.5, color: .muted)
  static let panel = TextStyle(size: 9.5, isBold: true)
  static let label = TextStyle(size: 9.5)
  static let tick = TextStyle(size: 8.5, color: .muted)
  static let note = TextStyle(size: 8.5, color: .muted)
}

/// Which part of a text stands at its place.
enum TextAnchor {
  case start, middle, end
}

extension Canvas {
  /// A font with most of the world's letters, which Debian's Cairo brings along.
  private static let font = "DejaVu Sans"

  /// Draws one line of text; `place` is on its baseline.
  func text(
    _ text: String, at place: Point, _ style: TextStyle, anchor: TextAnchor = .start
  ) {
    let shown = drawable(text, style)
    let width = anchor == .start ? 0 : self.width(of: shown, style)
    let shift = anchor == .middle ? width / 2 : width
    use(style.color)
    cairo_move_to(context, place.x - shift, place.y)
    cairo_show_text(context, shown)
  }

  /// Draws one line of text whose letters' middle is at `place`.
  func centred(
    _ text: String, at place: Point, _ style: TextStyle, anchor: TextAnchor = .middle
  ) {
    self.text(
      text, at: Point(x: place.x, y: place.y + 0.36 * style.size), style, anchor: anchor)
  }

  /// Draws text that reads upwards, its middle at `place`.
  func upright(_ text: String, at place: Point, _ style: TextStyle) {
    cairo_save(context)
    defer { cairo_restore(context) }
    cairo_translate(context, place.x, place.y)
    cairo_rotate(context, -Double.pi / 2)
    centred(text, at: Point(x: 0, y: 0), style)
  }

  func width(of text: String, _ style: TextStyle) -> Double {
    select(style)
    var extents = cairo_text_extents_t()
    cairo_text_extents(context, text, &extents)
    return extents.x_advance
  }

  /// The text cut short with an ellipsis where it is wider than `width`.
  func fitted(_ text: String, width: Double, _ style: TextStyle) -> String {
    guard self.width(of: text, style) > width else { return text }
    let characters = Array(text)
    var (fits, tooLong) = (0, characters.count)
    while tooLong - fits > 1 {
      let half = (fits + tooLong) / 2
      let isFitting = self.width(of: String(characters[..<half]) + "…", style) <= width
      (fits, tooLong) = isFitting ? (half, tooLong) : (fits, half)
    }
    return String(characters[..<fits]) + "…"
  }

  /// The text on lines no wider than `width`, broken at spaces.
  func wrapped(_ text: String, width: Double, _ style: TextStyle) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      let longer = line.isEmpty ? String(word) : line + " " + word
      if line.isEmpty || self.width(of: longer, style) <= width {
        line = longer
      } else {
        lines.append(line)
        line = String(word)
      }
    }
    return (line.isEmpty ? lines : lines + [line]).map { fitted($0, width: width, style) }
  }

  /// The text with `\u{..}` for each character that the font has no glyph for.
  private func drawable(_ text: String, _ style: TextStyle) -> String {
    select(style)
    guard !hasGlyphs(text) else { return text }
    return text.unicodeScalars.reduce(into: "") { shown, scalar in
      let one = String(scalar)
      let isShown = scalar.value >= 0x20 && hasGlyphs(one)
      shown += isShown ? one : "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
    }
  }

  private func select(_ style: TextStyle) {
    cairo_select_font_face(
      context, Self.font, CAIRO_FONT_SLANT_NORMAL,
      style.isBold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)
    cairo_set_font_size(context, style.size)
  }

  /// Whether the selected font has a glyph for every character.
  private func hasGlyphs(_ text: String) -> Bool {
    var glyphs: UnsafeMutablePointer<cairo_glyph_t>?
    var count: Int32 = 0
    let status = cairo_scaled_font_text_to_glyphs(
      cairo_get_scaled_font(context), 0, 0, text, -1, &glyphs, &count, nil, nil, nil)
    defer { cairo_glyph_free(glyphs) }
    guard status == CAIRO_STATUS_SUCCESS, let glyphs else { return text.isEmpty }
    return (0..<Int(count)).allSatisfy { glyphs[$0].index != 0 }
  }
}
