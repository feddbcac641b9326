import CKernels
import Testing

/// One after another, for the family in use is the program's.
@Suite(.serialized, .enabled(if: families.count > 1, "needs two families of instruction sets"))
struct FamilyTests {
  private func expectSameBits(_ results: [[Float]], _ what: String) {
    for (family, result) in zip(families, results) {
      #expect(
        result.map(\.bitPattern) == results[0].map(\.bitPattern),
        "\(what): \(String(cString: ck_family_name(family))) is not like the first")
    }
  }

  @Test(arguments: AttentionBlockTests.shapes, [false, true])
  func `attention has the same bits in every family`(shape: HeadShape, readsFloat16: Bool) {
    var (input, cut, _) = AttentionBlockTests.input(shape, rows: 150, readsFloat16: readsFloat16)
    let queries = [Int32](0..<150)
    for (window, softcap) in [(0, 0), (0, 2), (19, 0)] {
      input.window = window
      input.softcap = Float(softcap)
      let together = withEachFamily { input.attend(queries, cut) }
      expectSameBits(together, "blocks, window \(window), cap \(softcap)")
      let alone = withEachFamily { input.attendAlone(queries, cut) }
      expectSameBits(alone, "alone, window \(window), cap \(softcap)")
      #expect(alone[0].map(\.bitPattern) == together[0].map(\.bitPattern))
    }
  }

  @Test(arguments: [1, 7, 16, 17, 1000])
  func `activations and sums of exponentials have the same bits in every family`(count: Int) {
    var random = SeededRandom(seed: count)
    let x = random.floats(count).map { 4 * $0 }
    for activation in [CK_SILU, CK_GELU, CK_GELU_TANH] {
      let results = withEachFamily {
        output(count, filledWith: Float.nan) { ck_activate(activation, x, count, $0, false) }
      }
      expectSameBits(results, "\(activation)")
    }
    let capped = withEachFamily {
      var capped = x
      ck_softcap(&capped, count, 3)
      return capped
    }
    expectSameBits(capped, "softcap")
    let sums = withEachFamily { ck_exp_sum(x, count, x.max() ?? 0).bitPattern }
    #expect(Set(sums).count == 1)
  }
}
