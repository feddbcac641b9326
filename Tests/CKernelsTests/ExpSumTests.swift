import CKernels
import Foundation
import Testing

@Suite struct ExpSumTests {
  /// A term is within 2 units in the last place, and 16 terms of a lane and 4 folds add in float32
  /// before double precision takes over: 22 u.
  @Test(arguments: widths) func `the sum agrees with its plain reference`(count: Int) {
    var random = SeededRandom(seed: count)
    for spread in [Float(1), 20, 80] {
      let x = random.floats(count).map { $0 * spread }
      let max = x.max() ?? 0
      let (fast, plain) = (ck_exp_sum(x, count, max), ck_exp_sum_plain(x, count, max))
      #expect(abs(fast - plain) <= 22 * u * plain)
    }
  }

  @Test func `nothing sums to nothing, and one number to one`() {
    #expect(ck_exp_sum([], 0, 0) == 0)
    #expect(ck_exp_sum([5], 1, 5) == 1)
    let equal = [Float](repeating: -3, count: 50_000)
    #expect(abs(ck_exp_sum(equal, equal.count, -3) - 50_000) < 1e-6)
  }

  @Test(arguments: [5, 16, 21]) func `a term that float32 cannot hold counts as e^-87`(count: Int) {
    let far = [Float](repeating: -1000, count: count)
    #expect(abs(log(ck_exp_sum(far, count, 0)) - (log(Double(count)) - 87)) < 1e-4)
  }
}
