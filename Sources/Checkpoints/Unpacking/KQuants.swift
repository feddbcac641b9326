/// Unpacking of ggml's K-quants: blocks of 256 numbers in groups with quantised scales.
///
/// The order of the float32 operations is that of the reference, so results are equal bit for bit.
enum KQuants {
  private static let blockSize = 256

  /// Unpacks groups of 16 numbers of 2 bits with scale and minimum.
  ///
  /// Block: 16 bytes of scales (low half) and minima (high half), 64 quant bytes, scale of scales
  /// f16, scale of minima f16. A quant byte holds four numbers that are 32 apart.
  static func unpackQ2K(
    _ source: UnsafeRawPointer, into output: UnsafeMutablePointer<Float>, blockCount: Int
  ) {
    for block in 0..<blockCount {
      let start = source + block * 84
      let numbers = output + block * blockSize
      let scales = start
      let quants = start + 16
      let scaleOfScales = halfPrecision(start, 80)
      let scaleOfMinima = halfPrecision(start, 82)
      for group in 0..<16 {
        let packed = byte(scales, group)
        let scale = scaleOfScales * Float(packed & 15)
        let minimum = scaleOfMinima * Float(packed >> 4)
        let shift = Int32(truncatingIfNeeded: group % 8 / 2 * 2)
        let groupQuants = quants + group / 8 * 32 + group % 2 * 16
        let groupNumbers = numbers + group * 16
        for i in 0..<16 {
          groupNumbers[i] = scale * Float(byte(groupQuants, i) &>> shift & 3) - minimum
        }
      }
    }
  }

  /// Unpacks groups of 16 numbers of 3 bits with a scale.
  ///
  /// Block: 32 bytes of third bits, 64 bytes of the lower two bits, 12 bytes of 6-bit scales, scale
  /// of scales f16. A third bit of zero means minus 4.
  static func unpackQ3K(
    _ source: UnsafeRawPointer, into output: UnsafeMutablePointer<Float>, blockCount: Int
  ) {
    for block in 0..<blockCount {
      let start = source + block * 110
      let numbers = output + block * blockSize
      let quants = start + 32
      let scales = start + 96
      let scaleOfScales = halfPrecision(start, 108)
      for group in 0..<16 {
        let low = byte(scales, group % 8) &>> Int32(truncatingIfNeeded: group / 8 * 4) & 15
        let high = byte(scales, 8 + group % 4) &>> Int32(truncatingIfNeeded: group / 4 * 2) & 3
        let scale = scaleOfScales * Float((low | high << 4) - 32)
        let shift = Int32(truncatingIfNeeded: group % 8 / 2 * 2)
        let thirdBit = Int32(truncatingIfNeeded: group / 2)
        let groupQuants = quants + group / 8 * 32 + group % 2 * 16
        let groupHigh = start + group % 2 * 16
        let groupNumbers = numbers + group * 16
        for i in 0..<16 {
          let third = byte(groupHigh, i) &>> thirdBit & 1
          let quant = (byte(groupQuants, i) &>> shift & 3) - (third ^ 1) << 2
          groupNumbers[i] = scale * Float(quant)
        }
      }
    }
  }

  /// Unpacks groups of 32 numbers of 4 bits with scale and minimum.
  ///
  /// Block: scale of scales f16, scale of minima f16, 12 bytes of 6-bit scales and minima, 128
  /// quant bytes, 32 of which hold one group in their low and the next in their high halves.
  static func unpackQ4K(
    _ source: UnsafeRawPointer, into output: UnsafeMutablePointer<Float>, blockCount: Int
  ) {
    for block in 0..<blockCount {
      let start = source + block * 144
      let numbers = output + block * blockSize
      for group in 0..<8 {
        let (scale, minimum) = scaleAndMinimum(start, group)
        let shift = Int32(truncatingIfNeeded: group % 2 * 4)
        let groupQuants = start + 16 + group / 2 * 32
        let groupNumbers = numbers + group * 32
        for i in 0..<32 {
          groupNumbers[i] = scale * Float(byte(groupQuants, i) &>> shift & 15) - minimum
        }
      }
    }
  }

  /// Unpacks groups of 32 numbers of 5 bits with scale and minimum.
  ///
  /// Block: as in Q4_K, with 32 bytes of fifth bits (bit `g` for group `g`) before the quants.
  static func unpackQ5K(
    _ source: UnsafeRawPointer, into output: UnsafeMutablePointer<Float>, blockCount: Int
  ) {
    for block in 0..<blockCount {
      let start = source + block * 176
      let numbers = output + block * blockSize
      let fifthBits = start + 16
      for group in 0..<8 {
        let (scale, minimum) = scaleAndMinimum(start, group)
        let shift = Int32(truncatingIfNeeded: group % 2 * 4)
        let fifthBit = Int32(truncatingIfNeeded: group)
        let groupQuants = start + 48 + group / 2 * 32
        let groupNumbers = numbers + group * 32
        for i in 0..<32 {
          let high = (byte(fifthBits, i) &>> fifthBit & 1) << 4
          let quant = byte(groupQuants, i) &>> shift & 15 | high
          groupNumbers[i] = scale * Float(quant) - minimum
        }
      }
    }
  }

  /// Unpacks groups of 16 numbers of 6 bits with a scale.
  ///
  /// Block: 128 bytes of the lower four bits, 64 bytes of the upper two, 16 signed scale bytes,
  /// scale of scales f16. Number = scale × (quant − 32).
  static func unpackQ6K(
    _ source: UnsafeRawPointer, into output: UnsafeMutablePointer<Float>, blockCount: Int
  ) {
    for block in 0..<blockCount {
      let start = source + block * 210
      let numbers = output + block * blockSize
      let scaleOfScales = halfPrecision(start, 208)
      for group in 0..<16 {
        let stored = start.load(fromByteOffset: 192 + group, as: Int8.self)
        let scale = scaleOfScales * Float(stored)
        let within = group % 8
        let lowShift = Int32(truncatingIfNeeded: within / 4 * 4)
        let highShift = Int32(truncatingIfNeeded: within / 2 * 2)
        let low = start + group / 8 * 64 + within % 4 * 16
        let high = start + 128 + group / 8 * 32 + within % 2 * 16
        let groupNumbers = numbers + group * 16
        for i in 0..<16 {
          let quant = byte(low, i) &>> lowShift & 15 | (byte(high, i) &>> highShift & 3) << 4
          groupNumbers[i] = scale * Float(quant - 32)
        }
      }
    }
  }

  /// Returns the scale and minimum of a group of a Q4_K or Q5_K block.
  ///
  /// Groups 0 to 3 keep six bits in bytes 0-3 (scales) and 4-7 (minima); groups 4 to 7 keep the
  /// low four bits in bytes 8-11 and the high two in the top of bytes 0-7.
  @inline(__always)
  private static func scaleAndMinimum(
    _ start: UnsafeRawPointer, _ group: Int
  ) -> (scale: Float, minimum: Float) {
    let packed = start + 4
    let scale: Int32
    let minimum: Int32
    if group < 4 {
      scale = byte(packed, group) & 63
      minimum = byte(packed, group + 4) & 63
    } else {
      let low = byte(packed, group + 4)
      scale = low & 15 | (byte(packed, group - 4) >> 6) << 4
      minimum = low >> 4 | (byte(packed, group) >> 6) << 4
    }
    return (
      halfPrecision(start, 0) * Float(scale), halfPrecision(start, 2) * Float(minimum)
    )
  }
}
