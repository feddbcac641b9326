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
  /// A number in -1...1 that is not near 0.
  mutating func number() -> Float {
    let magnitude = Float.random(in: 0.01...1, using: &self)
    return next() & 1 == 0 ? magnitude : -magnitude
  }
}

extension Float {
  /// The number as bfloat16, cut off.
  var bf16: UInt16 { UInt16(truncatingIfNeeded: bitPattern >> 16) }
}
