import Numerics
import Testing

@Suite struct DecisionCountsTests {
  // 3 of 4 positives found, 5 of 6 negatives let pass.
  private let counts = DecisionCounts(
    decided: [true, true, true, false, true, false, false, false, false, false],
    actual: [true, true, true, true, false, false, false, false, false, false])

  @Test func figuresAreShares() {
    #expect(counts.recall == 0.75 && counts.precision == 0.75)
    #expect(counts.specificity == Double(5) / 6 && counts.accuracy == 0.8)
    #expect(counts.balancedAccuracy == (0.75 + Double(5) / 6) / 2)
    #expect(counts.positives == 4 && counts.negatives == 6)
  }

  @Test func countsOfTwoSamplesAdd() {
    let other = DecisionCounts(decided: [true, false], actual: [false, true])
    let sum = counts + other
    #expect(sum.positives == 5 && sum.negatives == 7 && sum.truePositives == 3)
    #expect(sum.falsePositives == 2 && sum.falseNegatives == 2 && sum.trueNegatives == 5)
  }

  @Test func figuresOfNothingAreUndefined() {
    let nothing = DecisionCounts(decided: [], actual: [])
    #expect(nothing.accuracy == nil && nothing.specificity == nil)
    let oneClass = DecisionCounts(decided: [true], actual: [true])
    #expect(oneClass.balancedAccuracy == nil && oneClass.accuracy == 1)
  }
}
