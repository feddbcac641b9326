import Foundation

/// A colour in sRGB, each part in 0...1.
struct Color: Equatable {
  var red: Double
  var green: Double
  var blue: Double
  var alpha = 1.0

  init(_ hex: UInt32, alpha: Double = 1) {
    red = Double(hex >> 16 & 0xFF) / 255
    green = Double(hex >> 8 & 0xFF) / 255
    blue = Double(hex & 0xFF) / 255
    self.alpha = alpha
  }

  static let white = Color(0xFFFFFF)
  static let ink = Color(0x1A1A1A)
  /// Of subtitles and ticks; 5.7 to 1 on white.
  static let muted = Color(0x666666)
  static let frame = Color(0xB8B8B8)
  static let grid = Color(0xE6E6E6)

  func with(alpha: Double) -> Color {
    var color = self
    color.alpha = alpha
    return color
  }

  /// The colour at a share of the way to another.
  func mixed(with other: Color, share: Double) -> Color {
    var color = self
    color.red += (other.red - red) * share
    color.green += (other.green - green) * share
    color.blue += (other.blue - blue) * share
    return color
  }

  /// Black or white, whichever is easier to read on this colour (WCAG's relative luminance).
  var readableInk: Color { luminance > 0.2 ? .ink : .white }

  private var luminance: Double {
    func linear(_ part: Double) -> Double {
      part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  }
}

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
