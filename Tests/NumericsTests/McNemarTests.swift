import Foundation
import Numerics
import Testing

@Suite("McNemar's exact test")
struct McNemarTests {
  /// Both tails of the binomial distribution, written out with Pascal's triangle.
  private func writtenOut(_ first: Int, _ second: Int) -> Double {
    let count = first + second
    var ways = [1.0]
    for _ in 0..<count {
      ways = zip([0] + ways, ways + [0]).map { $0 + $1 }
    }
    let total = ways.reduce(0, +)
    let tail = ways[...min(first, second)].reduce(0, +)
    return min(2 * tail / total, 1)
  }

  @Test("The p-value is that of the written-out binomial")
  func written() {
    for first in 0...20 {
      for second in 0...20 {
        let p = exactMcNemar(onlyFirst: first, onlySecond: second)
        #expect(abs(p - writtenOut(first, second)) < 1e-12, "\(first), \(second)")
      }
    }
  }

  @Test("Values known from tables")
  func known() {
    #expect(exactMcNemar(onlyFirst: 0, onlySecond: 0) == 1)
    #expect(abs(exactMcNemar(onlyFirst: 0, onlySecond: 5) - 0.0625) < 1e-15)
    #expect(abs(exactMcNemar(onlyFirst: 1, onlySecond: 9) - 22.0 / 1024) < 1e-15)
    #expect(exactMcNemar(onlyFirst: 7, onlySecond: 7) == 1)
  }

  @Test("Thousands of examples are no underflow")
  func many() {
    let p = exactMcNemar(onlyFirst: 1900, onlySecond: 2100)
    #expect(p > 0.001 && p < 0.002)
    #expect(exactMcNemar(onlyFirst: 2100, onlySecond: 1900) == p)
    #expect(exactMcNemar(onlyFirst: 0, onlySecond: 3000) >= 0)
  }
}

@Suite("Mean and deviation")
struct MeanDeviationTests {
  @Test("The deviation is the sample's")
  func values() throws {
    let found = try #require(MeanDeviation(of: [2, 4, 4, 4, 5, 5, 7, 9]))
    #expect(found.mean == 5)
    #expect(abs((found.deviation ?? 0) - (32.0 / 7).squareRoot()) < 1e-15)
  }

  @Test("One number has no deviation, none has no mean")
  func few() {
    #expect(MeanDeviation(of: [3])?.mean == 3 && MeanDeviation(of: [3])?.deviation == nil)
    #expect(MeanDeviation(of: []) == nil)
  }
}
