import CKernels
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

@Suite struct ActivationTests {
  /// erf has no entry point of its own; GELU shows it, as x / 2 (1 + erf(x / sqrt 2)).
  ///
  /// 1 / sqrt 2 and the product with it are each off by u, which erf passes on as at most
  /// 2 u 1.13 y exp(-y^2) < 1 u at y = x / sqrt 2; erf itself is off by 1.2 units in the last place,
  /// at most 2.4 u; the sum, of at most 2, by 2 u. Times |x| / 2 that is 2.7 u |x|; the two products
  /// then round by u |x| each.
  @Test func `gelu agrees with erf in double over its whole range`() {
    let count = 1 << 16
    let x = (0..<count).map { Float(-8 + 16 * Double($0) / Double(count)) }
    let gelu = output(count, filledWith: Float.nan) { ck_activate(CK_GELU, x, count, $0, false) }
    var worst = WorstElement()
    for (x, actual) in zip(x, gelu) {
      let exact = Double(x) / 2 * (1 + erf(Double(x) * 0.5.squareRoot()))
      worst.note("gelu(\(x))", actual, exact, within: 5 * u * Double(abs(x)) + 1e-44)
    }
    #expect(worst.ratio <= 1, "\(worst)")
  }

  @Test(arguments: [3, 16]) func `gelu keeps NaN, zero and what is far out`(count: Int) {
    let x = [Float.nan, 0, 1e30] + [Float](repeating: -20, count: count - 3)
    let gelu = output(count, filledWith: Float(7)) { ck_activate(CK_GELU, x, count, $0, false) }
    #expect(gelu[0].isNaN && gelu[1] == 0 && gelu[2] == 1e30)
    #expect(gelu[3...].allSatisfy { $0 == 0 })
  }

  /// What is left over at the end goes through the same code as what fills a vector.
  @Test(arguments: [1, 2, 15, 16, 17, 40])
  func `a number has the same bits wherever it stands`(count: Int) {
    var random = SeededRandom(seed: count)
    let x = random.floats(count).map { 3 * $0 }
    for activation in [CK_SILU, CK_GELU, CK_GELU_TANH] {
      let together = output(count, filledWith: Float.nan) {
        ck_activate(activation, x, count, $0, false)
      }
      let alone = x.map { x in
        output(1, filledWith: Float.nan) { ck_activate(activation, [x], 1, $0, false) }[0]
      }
      #expect(together.map(\.bitPattern) == alone.map(\.bitPattern))
    }
    var together = x
    ck_softcap(&together, count, 2)
    let alone = x.map { x in
      var one = [x]
      ck_softcap(&one, 1, 2)
      return one[0]
    }
    #expect(together.map(\.bitPattern) == alone.map(\.bitPattern))
  }
}
