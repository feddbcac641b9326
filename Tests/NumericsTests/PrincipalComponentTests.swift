import Numerics
import Testing

@Suite struct PrincipalComponentTests {
  /// Numbers that a script in another language can make again exactly.
  private func rows(_ count: Int, _ width: Int) -> [[Float]] {
    (0..<count).map { i in
      (0..<width).map { (j: Int) -> Float in
        let mixed: Int = i * 37 + j * 61 + i * i * j * 17
        return Float(mixed % 101 - 50) / 16
      }
    }
  }

  // Expected: the first right singular vector of `numpy.linalg.svd` (numpy 2.4.6) in double, of
  // rows and of centred rows: entries 0, 1 and the last, and the sum of (j + 1) v_j. The singular
  // values next to the first are 0.84, 0.84, 0.92, 0.84, 0.98 and 0.98 of it.
  @Test(arguments: [
    (
      40, 3, false,
      [-0.6136603975168441, 0.7516068203533584, 0.24188448507042254, 1.6152066984011402]
    ),
    (
      40, 3, true,
      [-0.6290958983300157, 0.7422173062198727, 0.2309801312928583, 1.5482791079883045]
    ),
    (
      3, 60, false,
      [0.027467126529109872, -0.2384399403320723, 0.008209075028852365, 12.19016081648781]
    ),
    (
      3, 60, true,
      [0.20998101114351175, -0.18820763655121153, -0.0953443881867214, 3.0966139147937453]
    ),
    (
      64, 200, false,
      [-0.03983646194690335, 0.06165043080361775, -0.06596833137058469, 21.236084278639126]
    ),
    (
      64, 200, true,
      [-0.022574878608389547, 0.03248762013622546, -0.057351701312258745, 20.436922475971237]
    ),
  ])
  func itIsTheFirstSingularVector(count: Int, width: Int, centred: Bool, expected: [Double]) throws
  {
    let found = try #require(firstPrincipalComponent(of: rows(count, width), centred: centred))
    #expect(found.count == width && abs(norm(found) - 1) < 1e-14)
    let weighted = found.enumerated().reduce(0) { $0 + Double($1.offset + 1) * $1.element }
    let values = [found[0], found[1], found[width - 1]]
    for (found, expected) in zip(values, expected) { #expect(abs(found - expected) < 1e-10) }
    #expect(abs(weighted - expected[3]) < 1e-8)
  }

  @Test func theMeanOfTheRowsProjectsPositively() throws {
    let rows: [[Float]] = [[-3, 0.5], [-5, -0.25], [-4, 0]]
    for centred in [false, true] {
      let found = try #require(firstPrincipalComponent(of: rows, centred: centred))
      #expect(dot(found, try #require(mean(ofRows: rows))) > 0)
    }
    let mirrored = try #require(
      firstPrincipalComponent(of: rows.map { $0.map { -$0 } }, centred: false))
    #expect(mirrored[0] > 0)
  }

  @Test func withoutAMeanTheLargestEntryIsPositive() throws {
    let found = try #require(
      firstPrincipalComponent(of: [[1, -3], [-1, 3]] as [[Float]], centred: true))
    let expected = [-1 / 10.0.squareRoot(), 3 / 10.0.squareRoot()]
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-15 })
  }

  @Test func oneRowIsItsOwnDirection() throws {
    let found = try #require(firstPrincipalComponent(of: [[3, 4]] as [[Float]], centred: false))
    #expect(zip(found, [0.6, 0.8]).allSatisfy { abs($0 - $1) < 1e-15 })
    #expect(firstPrincipalComponent(of: [[-2]] as [[Float]], centred: false) == [-1])
  }

  @Test func rowsWithoutADirectionHaveNone() {
    #expect(firstPrincipalComponent(of: [[Float]](), centred: false) == nil)
    #expect(firstPrincipalComponent(of: [[0, 0], [0, 0]] as [[Float]], centred: false) == nil)
    #expect(
      firstPrincipalComponent(of: [[0.1, 7], [0.1, 7], [0.1, 7]] as [[Float]], centred: true) == nil
    )
    #expect(firstPrincipalComponent(of: [[3, 4]] as [[Float]], centred: true) == nil)
  }

  @Test func theLongestRowMayBeOrthogonalToTheDirection() throws {
    // Eight rows of length 1 along the second axis outweigh one of length 2 along the first.
    let rows: [[Float]] = [[2, 0, 0]] + Array(repeating: [0, 1, 0], count: 8)
    let found = try #require(firstPrincipalComponent(of: rows, centred: false))
    #expect(zip(found, [0, 1, 0]).allSatisfy { abs($0 - $1) < 1e-10 })
  }

  @Test func equalVariancesGiveTheSameAnswerEachTime() throws {
    let rows: [[Float]] = [[1, 0], [0, 1]]
    let found = try #require(firstPrincipalComponent(of: rows, centred: false))
    #expect(abs(norm(found) - 1) < 1e-14)
    #expect(found == firstPrincipalComponent(of: rows, centred: false))
  }

  @Test func sizesOfTheNumbersDoNotMatter() throws {
    let rows = rows(9, 5)
    let expected = try #require(firstPrincipalComponent(of: rows, centred: false))
    for scale in [Float(0x1p-100), 0x1p100] {
      let found = firstPrincipalComponent(of: rows.map { $0.map { $0 * scale } }, centred: false)
      #expect(found == expected)
    }
  }
}
