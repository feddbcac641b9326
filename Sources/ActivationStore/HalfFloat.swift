/// The bits of an IEEE 754 binary16 number.
///
/// `Float16` does not exist on macOS for x86-64, hence the conversion on integer bits.
package struct HalfFloat: Equatable, Sendable, BitwiseCopyable {
  package let bits: UInt16

  /// The largest finite magnitude that binary16 holds.
  package static let largestFinite: Float = 65504

  package init(bits: UInt16) {
    self.bits = bits
  }

  /// The nearest half-precision number, ties to even.
  ///
  /// Magnitudes from 65520 upwards become infinite, as IEEE 754 asks; the caller refuses them.
  package init(_ value: Float) {
    let sign = UInt16(truncatingIfNeeded: (value.bitPattern >> 16) & 0x8000)
    let magnitude = value.bitPattern & 0x7FFF_FFFF
    if magnitude > 0x7F80_0000 {
      bits = sign | 0x7E00
    } else if magnitude >= 0x477F_F000 {
      bits = sign | 0x7C00
    } else if magnitude >= 0x3880_0000 {
      // Re-bias the exponent from 127 to 15, then round away 13 mantissa bits.
      let rounded = magnitude &- 0x3800_0000 &+ 0x0FFF &+ ((magnitude >> 13) & 1)
      bits = sign | UInt16(truncatingIfNeeded: rounded >> 13)
    } else {
      // Subnormal: adding 0.5 aligns the mantissa so that the last bit weighs 2^-24,
      // and the addition itself rounds ties to even.
      let aligned = Float(bitPattern: magnitude) + 0.5
      bits = sign | UInt16(truncatingIfNeeded: aligned.bitPattern &- Float(0.5).bitPattern)
    }
  }

  /// The same number in single precision, always exact.
  package var float: Float {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10) & 0x1F
    let mantissa = UInt32(bits & 0x3FF)
    switch exponent {
    case 0:
      let magnitude = Float(mantissa) * 0x1p-24
      return Float(bitPattern: magnitude.bitPattern | sign)
    case 0x1F:
      return Float(bitPattern: sign | 0x7F80_0000 | (mantissa << 13))
    default:
      return Float(bitPattern: sign | ((exponent + 112) << 23) | (mantissa << 13))
    }
  }
}
