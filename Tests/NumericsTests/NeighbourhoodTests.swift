import Numerics
import Testing

/// Expected values: scikit-learn 1.9.1 on the same forty points.
@Suite struct NeighbourhoodTests {
  private static let count = 40
  static let plane: [Double] = (0..<count).flatMap { (i: Int) -> [Double] in
    let x = Double((i * i * 7 + i * 13) % 41) / 8 + Double(i * i) * 0.0137
    return [x, Double((i * 17 + i * i * 3) % 43) / 8]
  }
  static let original: [[Double]] = (0..<count).map { (i: Int) -> [Double] in
    (0..<6).map { (k: Int) -> Double in
      let value = Double((i * i * 5 + i * 11 + k * k * i) % 47) / 4
      return k == 0 ? value + Double(i) * 0.0173 : value
    }
  }
  static let isFirst: [Bool] = (0..<count).map { (i: Int) in (i * 5 + i * i) % 7 < 3 }

  private static var squares: [Float] {
    original.flatMap { left in
      original.map { right in
        let difference = difference(left, right)
        return Float(dot(difference, difference))
      }
    }
  }

  @Test func silhouettesAreThoseOfScikitLearn() throws {
    let found = meanSilhouettes(
      ofPlane: Self.plane,
      divisions: [
        Self.isFirst, Self.isFirst.map { !$0 }, Array(repeating: true, count: Self.count),
      ])
    for value in found[..<2] {
      let value = try #require(value)
      #expect(abs(value - -0.01878635287589491) < 1e-13)
    }
    #expect(found[2] == nil)
  }

  @Test func aClassOfOneHasNoSilhouette() throws {
    let found = meanSilhouettes(ofPlane: [0, 0, 3, 4], divisions: [[true, false]])
    #expect(found == [0])
    // Both of a pair are 5 apart and 10 and more from the third.
    let three = meanSilhouettes(ofPlane: [0, 0, 5, 0, 15, 0], divisions: [[true, true, false]])
    let expected = (10.0 / 15 + 0.5) / 3
    let mean = try #require(three[0])
    #expect(abs(mean - expected) < 1e-15)
  }

  @Test(arguments: [(3, 0.5052380952380953), (5, 0.52296875)])
  func trustworthinessIsThatOfScikitLearn(each: Int, expected: Double) {
    let neighbours = PlaneNeighbours(of: Self.plane, each: each)
    #expect(abs(neighbours.trustworthiness(original: Self.squares) - expected) < 1e-13)
  }

  @Test func aCopyIsTrustworthy() {
    let points = Self.plane
    let squares = (0..<Self.count).flatMap { left in
      (0..<Self.count).map { right in
        let x = points[2 * left] - points[2 * right]
        let y = points[2 * left + 1] - points[2 * right + 1]
        return Float(x * x + y * y)
      }
    }
    #expect(PlaneNeighbours(of: points, each: 5).trustworthiness(original: squares) == 1)
  }

  @Test func accuracyIsThatOfAVote() {
    let neighbours = PlaneNeighbours(of: Self.plane, each: 5)
    #expect(neighbours.accuracy(of: Self.isFirst) == 0.475)
    // On a line, of three equally near ones the first count.
    let line = PlaneNeighbours(of: [0, 0, 1, 0, 2, 0, 3, 0], each: 1)
    #expect(line.indices == [[1], [0], [1], [2]])
    #expect(line.accuracy(of: [true, true, false, false]) == 0.75)
  }
}
