import Numerics
import Testing

@Suite struct BootstrapTests {
  @Test func quantilesAreThoseOfNumpy() {
    // numpy.percentile([1, 2, 4, 8, 16.5], q), numpy 2.4.6.
    let numbers = [1, 2, 4, 8, 16.5]
    let found = [0.025, 0.5, 0.975, 0, 1, 0.3].map { quantile($0, ofSorted: numbers) }
    for (found, expected) in zip(found, [1.1, 4, 15.65, 1, 16.5, 2.4]) {
      #expect(abs(found - expected) < 1e-12)
    }
    #expect(quantile(0.3, ofSorted: [7]) == 7)
  }

  @Test func resamplesKeepTheSizeOfEveryClass() {
    _ = bootstrapIntervals(strata: [[0, 1, 2], [7, 9]], resamples: 50, seed: 1) { sample in
      #expect(sample.count == 5)
      #expect(sample[..<3].allSatisfy { (0...2).contains($0) })
      #expect(sample[3...].allSatisfy { $0 == 7 || $0 == 9 })
      return []
    }
  }

  @Test func theIntervalOfAMeanHasItsStandardError() throws {
    // 0...99: the standard error of the mean is sqrt((100^2 - 1) / 12 / 100) = 2.8866; the normal
    // interval is 49.5 +- 1.96 of it. 4000 resamples leave an error of about 0.15 at each end.
    let mean = { (sample: [Int]) in Double(sample.reduce(0, +)) / Double(sample.count) }
    let interval = try #require(
      bootstrapIntervals(strata: [Array(0..<100)], resamples: 4000, seed: 3) { [mean($0)] }[0])
    #expect(abs(interval.low - 43.84) < 0.5 && abs(interval.high - 55.16) < 0.5)
    let narrow = try #require(
      bootstrapIntervals(strata: [Array(0..<100)], resamples: 4000, seed: 3, confidence: 0.5) {
        [mean($0)]
      }[0])
    #expect(abs(narrow.low - 47.55) < 0.3 && abs(narrow.high - 51.45) < 0.3)
  }

  @Test func theSameSeedGivesTheSameInterval() {
    func interval(seed: UInt64) -> BootstrapInterval? {
      bootstrapIntervals(strata: [Array(0..<30)], resamples: 100, seed: seed) {
        [Double($0.reduce(0, +))]
      }[0]
    }
    #expect(interval(seed: 5) == interval(seed: 5))
    #expect(interval(seed: 5) != interval(seed: 6))
  }

  @Test func aStatisticThatAResampleLeavesUndefinedHasNoInterval() {
    let intervals = bootstrapIntervals(strata: [[0, 1]], resamples: 40, seed: 0) { sample in
      [sample == [0, 0] ? nil : 1, 2]
    }
    #expect(intervals == [nil, BootstrapInterval(low: 2, high: 2)])
  }
}
