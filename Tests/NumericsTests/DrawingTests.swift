import Numerics
import Testing

@Suite struct DrawingTests {
  private func draw(_ count: Int, of population: Int, seed: UInt64) -> [Int] {
    var random = SplitMix64(seed: seed)
    return drawWithoutReplacement(count, of: population, using: &random)
  }

  @Test func drawnNumbersAreDifferentAscendingAndOfThePopulation() {
    for seed in 0..<20 as Range<UInt64> {
      let drawn = draw(10, of: 25, seed: seed)
      #expect(drawn.count == 10 && Set(drawn).count == 10 && drawn == drawn.sorted())
      #expect(drawn.allSatisfy { (0..<25).contains($0) })
    }
    #expect(draw(0, of: 3, seed: 1) == [])
    #expect(draw(4, of: 4, seed: 1) == [0, 1, 2, 3])
  }

  @Test func theSameSeedDrawsTheSame() {
    // Made by a Python transcription of the two formulas: SplitMix64 and (next * count) >> 64.
    #expect(draw(5, of: 100, seed: 0) == [4, 14, 43, 88, 97])
    #expect(
      draw(5, of: 100, seed: 0) != draw(5, of: 100, seed: 1))
  }

  @Test func everyNumberIsDrawnAboutEquallyOften() {
    var counts = [Int](repeating: 0, count: 10)
    for seed in 0..<5000 as Range<UInt64> {
      for index in draw(3, of: 10, seed: seed) { counts[index] += 1 }
    }
    // Binomial: 1500 each, standard deviation 32.
    #expect(counts.allSatisfy { abs($0 - 1500) < 160 })
  }

  @Test func indicesAndUnitNumbersAreInRange() {
    var random = SplitMix64(seed: 9)
    for _ in 0..<1000 {
      #expect((0..<7).contains(random.index(below: 7)))
      #expect((0..<1).contains(random.unitInterval()))
    }
    #expect(random.index(below: 1) == 0)
  }
}
