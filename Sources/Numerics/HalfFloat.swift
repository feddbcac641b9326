/// The bits of an IEEE 754 binary16 number.
///
/// `Float16` does not exist on macOS for x86-64, hence the conversion on integer bits.
package struct HalfFloat: Equatable, Sendable, BitwiseCopyable {
  package let bits: UInt16

  /// The largest finite magnitude that binary16 holds.
  package static let largestFinite: Float = 65504

  @inlinable
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

  /// The same number in single precision, exactly; NaNs keep their payload.
  ///
  /// The three cases are computed side by side and selected, so that loops vectorise. Subnormals take
  /// a detour over normal float32 numbers (2⁻¹⁴ is added as an exponent and subtracted as a number)
  /// and so do not depend on the processor's flush-to-zero mode.
  @inlinable
  package var float: Float {
    let exponentShift: UInt32 = (127 - 15) << 23
    let smallestNormal: UInt32 = (127 - 14) << 23
    let infinity: UInt32 = 0x7f80_0000

    let sign = UInt32(bits & 0x8000) << 16
    let magnitude = UInt32(bits & 0x7fff) << 13
    let normal = magnitude &+ exponentShift
    let subnormal =
      (Float(bitPattern: magnitude | smallestNormal) - Float(bitPattern: smallestNormal)).bitPattern
    let finite = bits & 0x7c00 == 0 ? subnormal : normal
    let result = bits & 0x7c00 == 0x7c00 ? magnitude | infinity : finite
    return Float(bitPattern: sign | result)
  }
}
