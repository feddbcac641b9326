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
