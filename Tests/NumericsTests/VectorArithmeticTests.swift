import Numerics
import Testing

@Suite struct VectorArithmeticTests {
  @Test func sumsAreInDoublePrecision() {
    // In float32 the ones would vanish beside 2^24.
    let vector: [Float] = [4096, 1, 1]
    #expect(dot(vector, vector) == 16_777_218)
    #expect(mean(ofRows: [[Float(16_777_216)], [1], [1]]) == [16_777_218.0 / 3])
    #expect(difference([Float(1)], [Float(1e-20)]) == [1 - Double(Float(1e-20))])
  }

  @Test func cosinesStayInRangeAndNeedTwoDirections() throws {
    #expect(cosine([Float(3), 4], [Float(6), 8]) == 1)
    #expect(try #require(cosine([Float(0.1), 0.7], [Float(-0.1), -0.7])) == -1)
    #expect(try #require(cosine([Float(1), 0], [1.0, 1.0])) == 1 / 2.0.squareRoot())
    #expect(cosine([Float(0), 0], [Float(1), 0]) == nil)
  }

  @Test func normalizedVectorsHaveUnitLength() {
    #expect(normalized([3, 4]) == [0.6, 0.8])
    #expect(normalized([0, 0]) == nil)
  }

  @Test func noRowsHaveNoMean() {
    #expect(mean(ofRows: [[Float]]()) == nil)
  }
}
