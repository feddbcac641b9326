import Numerics
import Testing

@Suite struct HalfFloatTests {
  @Test("Every float16 but NaN survives the way to float32 and back")
  func everyPattern() {
    for bits in UInt16.min...UInt16.max {
      let half = HalfFloat(bits: bits)
      if half.float.isNaN { continue }
      #expect(HalfFloat(half.float) == half)
    }
  }

  // Float16 does not exist on Intel Macs.
  #if !(os(macOS) && arch(x86_64))
    @Test("Conversions agree with Swift's Float16 on normal, subnormal, tied and huge values")
    func sameAsFloat16() {
      var state: UInt32 = 1
      for _ in 0..<300_000 {
        state = state &* 1_664_525 &+ 1_013_904_223
        // Few mantissa bits make ties frequent; exponents spread around the range of float16.
        let exponent = 98 + (state >> 24) % 48
        let bits = (state & 0x8000_0000) | (exponent << 23) | ((state & 0x7FFF) << 8)
        let value = Float(bitPattern: bits)
        #expect(HalfFloat(value).bits == Float16(value).bitPattern)
      }
      for bits in UInt16.min...UInt16.max {
        let theirs = Float(Float16(bitPattern: bits))
        let ours = HalfFloat(bits: bits).float
        #expect(ours.bitPattern == theirs.bitPattern || (ours.isNaN && theirs.isNaN))
      }
    }
  #endif

  @Test("Infinities stay infinite and NaN stays NaN")
  func special() {
    #expect(HalfFloat(.infinity).float == .infinity)
    #expect(HalfFloat(-.infinity).float == -.infinity)
    #expect(HalfFloat(.nan).float.isNaN)
    #expect(HalfFloat(65520).float == .infinity)
    #expect(HalfFloat(Float(65520).nextDown).float == 65504)
  }
}
