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
      let magnitude = Float.random(in: 0.01...1, using: &generator)
      let bits = (generator.next() & 1 == 0 ? magnitude : -magnitude).bitPattern
      if precision == .bf16 {
        let rounded = UInt16(truncatingIfNeeded: bits >> 16)
        base.storeBytes(of: rounded, toByteOffset: index * 2, as: UInt16.self)
      } else {
        base.storeBytes(of: bits, toByteOffset: index * 4, as: UInt32.self)
      }
    }
  }

  /// Holds float32 `values`.
  init(_ values: [Float]) {
    base = .allocate(byteCount: max(values.count * 4, 64), alignment: 64)
    base.copyMemory(from: values, byteCount: values.count * 4)
  }

  /// Makes `byteCount` zero bytes.
  init(zeroedBytes byteCount: Int) {
    base = .allocate(byteCount: max(byteCount, 64), alignment: 64)
    base.initializeMemory(as: UInt8.self, repeating: 0, count: max(byteCount, 64))
  }

  deinit { base.deallocate() }

  var floats: UnsafeMutablePointer<Float> { base.assumingMemoryBound(to: Float.self) }
}

/// A small generator of random numbers, the same on every machine.
///
/// Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators".
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
