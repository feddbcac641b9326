/// Unpacking of ggml's quantised types whose four bits are indices of a table.
///
/// Byte `i` of 16 quant bytes holds number `i` in its low and number `i + 16` in its high half. The
/// order of the float32 operations is that of the reference, so results are equal bit for bit.
enum TableQuants {
  /// ggml's `kvalues_iq4nl`: close together where weights are many.
  private static let numbers: InlineArray<16, Float> = [
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113,
  ]
  private static let half = 16

  /// Unpacks blocks of scale f16, 16 quant bytes: 32 numbers.
  ///
  /// Number = scale × table[quant].
  static func unpackIQ4NL(
    _ source: UnsafeRawPointer, into output: UnsafeMutablePointer<Float>, blockCount: Int
  ) {
    for block in 0..<blockCount {
      let start = source + block * 18
      unpack(start + 2, scale: halfPrecision(start, 0), into: output + block * 2 * half)
    }
  }

  /// Unpacks blocks of scale of scales f16, the upper two bits of eight scales in 16 bits, their lower
  /// four in 4 bytes, 128 quant bytes: 256 numbers.
  ///
  /// Number = scale of scales × (scale − 32) × table[quant].
  static func unpackIQ4XS(
    _ source: UnsafeRawPointer, into output: UnsafeMutablePointer<Float>, blockCount: Int
  ) {
    for block in 0..<blockCount {
      let start = source + block * 136
      let scaleOfScales = halfPrecision(start, 0)
      let upper = Int32(
        UInt16(littleEndian: start.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
      for group in 0..<8 {
        let low = byte(start + 4, group / 2) &>> Int32(truncatingIfNeeded: group % 2 * 4) & 15
        let high = upper &>> Int32(truncatingIfNeeded: 2 * group) & 3
        let scale = scaleOfScales * Float((low | high << 4) - 32)
        unpack(
          start + 8 + group * half, scale: scale, into: output + (block * 8 + group) * 2 * half)
      }
    }
  }

  @inline(__always)
  private static func unpack(
    _ quants: UnsafeRawPointer, scale: Float, into output: UnsafeMutablePointer<Float>
  ) {
    for i in 0..<half {
      let quant = Int(byte(quants, i))
      output[i] = scale * numbers[quant & 15]
      output[half + i] = scale * numbers[quant >> 4]
    }
  }
}
