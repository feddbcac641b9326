/// Colours that people with colour-blindness tell apart.
enum Palette {
  /// Okabe and Ito, "Color Universal Design" (2008), without the yellow that white swallows.
  static let categories: [Color] = [
    0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x555555,
  ].map { Color($0) }

  /// From nothing to much: light yellow to dark blue, evenly darker (ColorBrewer's YlGnBu).
  static func sequential(_ share: Double) -> Color {
    interpolate(
      [0xFFFFE5, 0xEDF8B1, 0xC7E9B4, 0x7FCDBB, 0x41B6C4, 0x1D91C0, 0x225EA8, 0x253494], share)
  }

  /// From -1 (blue) over 0 (white) to +1 (red), ColorBrewer's RdBu turned round.
  static func diverging(_ value: Double) -> Color {
    interpolate(
      [0x2166AC, 0x67A9CF, 0xD1E5F0, 0xF7F7F7, 0xFDDBC7, 0xEF8A62, 0xB2182B], (value + 1) / 2)
  }

  private static func interpolate(_ stops: [UInt32], _ share: Double) -> Color {
    let place = min(max(share, 0), 1) * Double(stops.count - 1)
    let below = min(Int(place), stops.count - 2)
    return Color(stops[below]).mixed(with: Color(stops[below + 1]), share: place - Double(below))
  }
}
