/// Unpacking of ggml's legacy quantised types: blocks of 32 numbers.
///
/// In the 4- and 5-bit types byte `i` of `quants` holds number `i` in its low and number `i + 16`
/// in its high half. The order of the float32 operations is that of the reference, so results are
/// equal bit for bit.
enum LegacyQuants {
  private static let blockSize = 32
  private static let half = 16

  /// Unpacks blocks of scale f16, 16 quant bytes.
  ///
  /// Number = scale × (quant − 8).
  static func unpackQ40(
    _ source: UnsafeRawPointer, into output: UnsafeMutablePointer<Float>, blockCount: Int
  ) {
    for block in 0..<blockCount {
      let start = source + block * 18
      let numbers = output + block * blockSize
      let scale = halfPrecision(start, 0)
      let quants = start + 2
      for i in 0..<half {
        numbers[i] = scale * Float((byte(quants, i) & 15) - 8)
      }
      for i in 0..<half {
        numbers[half + i] = scale * Float((byte(quants, i) >> 4) - 8)
      }
    }
  }

  /// Unpacks blocks of scale f16, offset f16, 16 quant bytes.
  ///
  /// Number = scale × quant + offset.
  static func unpackQ41(
    _ source: UnsafeRawPointer, into output: UnsafeMutablePointer<Float>, blockCount: Int
  ) {
    for block in 0..<blockCount {
      let start = source + block * 20
      let numbers = output + block * blockSize
      let scale = halfPrecision(start, 0)
      let offset = halfPrecision(start, 2)
      let quants = start + 4
      for i in 0..<half {
        numbers[i] = scale * Float(byte(quants, i) & 15) + offset
      }
      for i in 0..<half {
        numbers[half + i] = scale * Float(byte(quants, i) >> 4) + offset
      }
    }
  }

  /// Unpacks blocks of scale f16, 32 fifth bits, 16 quant bytes.
  ///
  /// Number = scale × (quant − 16).
  static func unpackQ50(
    _ source: UnsafeRawPointer, into output: UnsafeMutablePointer<Float>, blockCount: Int
  ) {
    for block in 0..<blockCount {
      let start = source + block * 22
      let numbers = output + block * blockSize
      let scale = halfPrecision(start, 0)
      let fifths = fifthBits(start, 2)
      let quants = start + 6
      for i in 0..<half {
        let quant = byte(quants, i) & 15 | fifthBit(fifths, i)
        numbers[i] = scale * Float(quant - 16)
      }
      for i in 0..<half {
        let quant = byte(quants, i) >> 4 | fifthBit(fifths, half + i)
        numbers[half + i] = scale * Float(quant - 16)
      }
    }
  }

  /// Unpacks blocks of scale f16, offset f16, 32 fifth bits, 16 quant bytes.
  ///
  /// Number = scale × quant + offset.
  static func unpackQ51(
    _ source: UnsafeRawPointer, into output: UnsafeMutablePointer<Float>, blockCount: Int
  ) {
    for block in 0..<blockCount {
      let start = source + block * 24
      let numbers = output + block * blockSize
      let scale = halfPrecision(start, 0)
      let offset = halfPrecision(start, 2)
      let fifths = fifthBits(start, 4)
      let quants = start + 8
      for i in 0..<half {
        let quant = byte(quants, i) & 15 | fifthBit(fifths, i)
        numbers[i] = scale * Float(quant) + offset
      }
      for i in 0..<half {
        let quant = byte(quants, i) >> 4 | fifthBit(fifths, half + i)
        numbers[half + i] = scale * Float(quant) + offset
      }
    }
  }

  /// Unpacks blocks of scale f16, 32 signed bytes.
  ///
  /// Number = scale × quant.
  static func unpackQ80(
    _ source: UnsafeRawPointer, into output: UnsafeMutablePointer<Float>, blockCount: Int
  ) {
    for block in 0..<blockCount {
      let start = source + block * 34
      let numbers = output + block * blockSize
      let scale = halfPrecision(start, 0)
      for i in 0..<blockSize {
        numbers[i] = scale * Float(start.load(fromByteOffset: 2 + i, as: Int8.self))
      }
    }
  }

  @inline(__always)
  private static func fifthBits(_ start: UnsafeRawPointer, _ byteOffset: Int) -> UInt32 {
    UInt32(littleEndian: start.loadUnaligned(fromByteOffset: byteOffset, as: UInt32.self))
  }

  /// Returns bit `index` of the fifth bits in its place above four others: 0 or 16.
  @inline(__always)
  private static func fifthBit(_ bits: UInt32, _ index: Int) -> Int32 {
    (Int32(truncatingIfNeeded: bits &>> UInt32(truncatingIfNeeded: index)) & 1) << 4
  }
}
