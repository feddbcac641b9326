import CKernels
import SteeringEngine

/// Memory that starts on a cache line, by default with random numbers in -1...1, none of them 0.
///
/// Kernels write disjoint parts of it from several threads.
final class Buffer: @unchecked Sendable {
  let base: UnsafeMutableRawPointer

  /// Makes `count` numbers in the format of `precision`.
  init(count: Int, precision: Precision = .f32, seed: UInt64 = 1) {
    let size = precision == .bf16 ? 2 : 4
    base = .allocate(byteCount: max(count * size, 64), alignment: 64)
    var generator = SplitMix64(state: seed)
    for index in 0..<count {
      let number = generator.number()
      if precision == .bf16 {
        base.storeBytes(of: number.bf16, toByteOffset: index * 2, as: UInt16.self)
      } else {
        base.storeBytes(of: number, toByteOffset: index * 4, as: Float.self)
      }
    }
  }

  /// Holds a copy of `values`.
  init<Number: BitwiseCopyable>(_ values: [Number]) {
    let byteCount = values.count * MemoryLayout<Number>.stride
    base = .allocate(byteCount: max(byteCount, 64), alignment: 64)
    base.copyMemory(from: values, byteCount: byteCount)
  }

  /// Makes `byteCount` zero bytes.
  init(zeroedBytes byteCount: Int) {
    base = .allocate(byteCount: max(byteCount, 64), alignment: 64)
    base.initializeMemory(as: UInt8.self, repeating: 0, count: max(byteCount, 64))
  }

  /// A copy of the first `count` floats as float16.
  func float16(count: Int) -> Buffer {
    let copy = Buffer(zeroedBytes: count * 2)
    ck_convert_to_f16(floats, count, copy.base)
    return copy
  }

  deinit { base.deallocate() }

  var floats: UnsafeMutablePointer<Float> { base.assumingMemoryBound(to: Float.self) }
}
