import Numerics
import Testing

@Suite struct EstimatedShareTests {
  private func expect(
    _ found: EstimatedShare?, _ value: Double, _ low: Double, _ high: Double,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let found = try #require(found, sourceLocation: sourceLocation)
    for (found, expected) in [
      (found.value, value), (found.interval.low, low), (found.interval.high, high),
    ] {
      #expect(abs(found - expected) < 1e-12, sourceLocation: sourceLocation)
    }
  }

  @Test func intervalsAreThoseOfStatsmodels() throws {
    // statsmodels 0.15.0 proportion_confint(method="wilson").
    try expect(EstimatedShare(36, of: 40), 0.9, 0.7694822477247771, 0.9604204713173936)
    try expect(EstimatedShare(0, of: 12), 0, 0, 0.24249400665524085)
    try expect(EstimatedShare(12, of: 12), 1, 0.7575059933447592, 1)
    try expect(
      EstimatedShare(1, of: 3, confidence: 0.9), Double(1) / 3, 0.07826572633372836,
      0.746466131718776)
    try expect(
      EstimatedShare(450, of: 900, confidence: 0.99), 0.5, 0.45722688608812156, 0.5427731139118784)
  }

  @Test func thereIsNoShareOfNothing() {
    #expect(EstimatedShare(0, of: 0) == nil)
  }

  private func counts(found: Int, missed: Int, spared: Int, alarms: Int) -> DecisionCounts {
    var counts = DecisionCounts(decided: [], actual: [])
    (counts.truePositives, counts.falseNegatives) = (found, missed)
    (counts.trueNegatives, counts.falsePositives) = (spared, alarms)
    return counts
  }

  @Test func correctedSharesAreThoseOfTheFormulas() throws {
    // Computed from the two papers' formulas in Python, with scipy's normal quantile; that interval
    // held the truth in 95.0 to 97.1 % of 20,000 simulated samples in each of four settings.
    let good = counts(found: 90, missed: 10, spared: 190, alarms: 10)
    try expect(
      good.correctedShare(37, of: 100), 0.3764705882352939, 0.2671902922879418, 0.5007734421645194)
  }

  @Test func correctionGivesTheTrueShareOfItsOwnSample() throws {
    let counts = counts(found: 30, missed: 10, spared: 50, alarms: 15)
    let share = try #require(counts.correctedShare(45, of: 105))
    #expect(abs(share.value - Double(40) / 105) < 1e-12)
    #expect(share.interval.low < share.value && share.value < share.interval.high)
  }

  @Test func correctedSharesStayWithinTheirEnds() throws {
    let counts = counts(found: 90, missed: 10, spared: 180, alarms: 20)
    try expect(counts.correctedShare(2, of: 100), 0, 0, 0)
    try expect(counts.correctedShare(98, of: 100), 1, 1, 1)
  }

  @Test func aJudgeThatGuessesCorrectsNothing() {
    let guess = counts(found: 5, missed: 5, spared: 5, alarms: 5)
    #expect(guess.correctedShare(5, of: 10) == nil)
    #expect(counts(found: 5, missed: 5, spared: 0, alarms: 0).correctedShare(5, of: 10) == nil)
    let good = counts(found: 9, missed: 1, spared: 9, alarms: 1)
    #expect(good.correctedShare(0, of: 0) == nil)
  }
}
