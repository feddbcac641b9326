import Numerics

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

/// Returns the binary16 number at a byte offset as float32, exactly.
@inline(__always)
func halfPrecision(_ source: UnsafeRawPointer, _ byteOffset: Int) -> Float {
  let stored = source.loadUnaligned(fromByteOffset: byteOffset, as: UInt16.self)
  return HalfFloat(bits: UInt16(littleEndian: stored)).float
}

/// Returns the byte at an offset as a number to compute with.
@inline(__always)
func byte(_ source: UnsafeRawPointer, _ offset: Int) -> Int32 {
  Int32(source.load(fromByteOffset: offset, as: UInt8.self))
}
