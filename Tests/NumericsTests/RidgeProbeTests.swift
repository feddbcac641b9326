import Numerics
import Testing

@Suite struct RidgeProbeTests {
  private let original = NeighbourhoodTests.original
  private let isPositive = NeighbourhoodTests.isFirst
  private let folds = (0..<5).map { fold in Array(stride(from: fold, to: 40, by: 5)) }

  private var kernel: [Double] { original.flatMap { left in original.map { dot(left, $0) + 1 } } }

  /// scikit-learn 1.9.1: `KernelRidge(alpha=2.5, kernel="precomputed")`, fitted without each fold.
  @Test func predictionsAreThoseOfFitsWithoutTheFold() throws {
    let probe = try #require(RidgeProbe(kernel: kernel, penalty: 2.5, folds: folds))
    let found = probe.heldOutPredictions([isPositive.map { $0 ? 1 : -1 }])[0]
    let expected = [
      -0.13102618409601874, 0.42764695789065854, 1.3008555462965887, 0.11331741715491717,
    ]
    for (found, expected) in zip(found, expected) { #expect(abs(found - expected) < 1e-9) }
    let areas = probe.heldOutAUC([isPositive, isPositive.map { !$0 }, isPositive.map { _ in true }])
    #expect(abs(try #require(areas[0]) - 0.6516666666666666) < 1e-12)
    #expect(areas[1].map { abs($0 - 0.6516666666666666) < 1e-12 } == true && areas[2] == nil)
  }

  @Test func aKernelThatIsNoneIsRefused() {
    let indefinite = [0, 1, 1, 0] as [Double]
    #expect(RidgeProbe(kernel: indefinite, penalty: 0.1, folds: [[0], [1]]) == nil)
  }

  @Test func theInverseOfAMatrixTimesItIsOne() throws {
    let matrix = kernel.enumerated().map { place, value in place % 41 == 0 ? value + 3 : value }
    let inverted = try #require(inverse(ofPositiveDefinite: matrix, count: 40))
    let unit = product(matrix, inverted, rows: 40, inner: 40, columns: 40)
    for (place, value) in unit.enumerated() {
      #expect(abs(value - (place % 41 == 0 ? 1 : 0)) < 1e-10)
    }
  }

  @Test func foldsHaveEqualSharesAndAreDrawnWithASeed() {
    let labels = (0..<23).map { $0 % 4 == 0 }
    var random = SplitMix64(seed: 5)
    let folds = stratifiedFolds(of: labels, count: 5, using: &random)
    #expect(folds.flatMap { $0 }.sorted() == Array(0..<23))
    for wanted in [true, false] {
      let counts = folds.map { fold in fold.count { labels[$0] == wanted } }
      #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1)
    }
    var again = SplitMix64(seed: 5)
    #expect(stratifiedFolds(of: labels, count: 5, using: &again) == folds)
    #expect(shuffled(Array(0..<50), using: &again).sorted() == Array(0..<50))
  }
}
