/// Unpacking of tensors that are stored as plain floating-point numbers.
enum FloatRows {
  static func unpackF32(
    _ source: UnsafeRawPointer, into output: UnsafeMutablePointer<Float>, count: Int
  ) {
    // The file need not align the numbers, memory must: hence a copy of bytes.
    UnsafeMutableRawPointer(output).copyMemory(
      from: source, byteCount: count * MemoryLayout<Float>.size)
  }

  static func unpackF16(
    _ source: UnsafeRawPointer, into output: UnsafeMutablePointer<Float>, count: Int
  ) {
    for index in 0..<count {
      output[index] = halfPrecision(source, 2 * index)
    }
  }

  static func unpackBF16(
    _ source: UnsafeRawPointer, into output: UnsafeMutablePointer<Float>, count: Int
  ) {
    for index in 0..<count {
      let stored = source.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
      output[index] = Float(bitPattern: UInt32(UInt16(littleEndian: stored)) << 16)
    }
  }
}

/// Returns the binary16 number at a byte offset as float32, exactly; NaNs keep their payload.
@inline(__always)
func halfPrecision(_ source: UnsafeRawPointer, _ byteOffset: Int) -> Float {
  let stored = source.loadUnaligned(fromByteOffset: byteOffset, as: UInt16.self)
  return float(fromHalf: UInt16(littleEndian: stored))
}

/// Returns the byte at an offset as a number to compute with.
@inline(__always)
func byte(_ source: UnsafeRawPointer, _ offset: Int) -> Int32 {
  Int32(source.load(fromByteOffset: offset, as: UInt8.self))
}

/// Converts the bits of a binary16 number.
///
/// The three cases are computed side by side and selected, so that loops vectorise. Subnormals take
/// a detour over normal float32 numbers (2⁻¹⁴ is added as an exponent and subtracted as a number)
/// and so do not depend on the processor's flush-to-zero mode.
@inline(__always)
private func float(fromHalf bits: UInt16) -> Float {
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
