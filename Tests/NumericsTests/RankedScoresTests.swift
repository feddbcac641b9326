import Numerics
import Testing

/// Expected values: scikit-learn 1.9.1 (`precision_recall_curve`, `auc`, `average_precision_score`,
/// `roc_auc_score`, `precision_recall_fscore_support`) on the same numbers.
@Suite struct RankedScoresTests {
  static let scores = [0.9, 0.8, 0.8, 0.7, 0.6, 0.6, 0.6, 0.5, 0.3, 0.3, 0.2, 0.1]
  static let positive = [1, 1, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0].map { $0 == 1 }

  // Curves and areas are exact but for roundings of double.
  private func close(_ found: Double, _ expected: Double) -> Bool { abs(found - expected) < 1e-14 }

  @Test func theCurveHasAPointForEachDifferentScore() throws {
    let curve = try #require(
      RankedScores(scores: Self.scores, isPositive: Self.positive)
    ).precisionRecallCurve
    #expect(curve.map(\.threshold) == [0.1, 0.2, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9])
    #expect(curve.map(\.recall) == [1, 1, 1, 0.8, 0.8, 0.6, 0.4, 0.2])
    let shares: [(Double, Double)] = [
      (5, 12), (5, 11), (1, 2), (4, 8), (4, 7), (3, 4), (2, 3), (1, 1),
    ]
    #expect(curve.map(\.precision) == shares.map { $0.0 / $0.1 })
  }

  @Test func areasAreThoseOfScikitLearnWithTies() throws {
    let ranked = try #require(RankedScores(scores: Self.scores, isPositive: Self.positive))
    #expect(close(ranked.trapezoidAUPRC, 0.7404761904761904))
    #expect(close(ranked.averagePrecision, 0.6976190476190477))
    #expect(close(ranked.rocAUC, 0.7714285714285715))
  }

  @Test func equalScoresTellNothing() throws {
    let ranked = try #require(
      RankedScores(
        scores: [0.5, 0.5, 0.5, 0.5, 0.5], isPositive: [true, false, false, true, false]))
    #expect(close(ranked.trapezoidAUPRC, 0.7))
    #expect(close(ranked.averagePrecision, 0.4))
    #expect(ranked.rocAUC == 0.5)
  }

  @Test func perfectAndReversedOrders() throws {
    let right = try #require(RankedScores(scores: [2, 1], isPositive: [true, false]))
    #expect([right.rocAUC, right.trapezoidAUPRC, right.averagePrecision] == [1, 1, 1])
    let wrong = try #require(RankedScores(scores: [1, 2], isPositive: [true, false]))
    #expect([wrong.rocAUC, wrong.trapezoidAUPRC, wrong.averagePrecision] == [0, 0.25, 0.5])
  }

  @Test func theOrderOfExamplesDoesNotMatter() throws {
    let order = [7, 2, 9, 0, 11, 4, 6, 5, 1, 10, 3, 8]
    let ranked = try #require(
      RankedScores(
        scores: order.map { Self.scores[$0] }, isPositive: order.map { Self.positive[$0] }))
    #expect(close(ranked.averagePrecision, 0.6976190476190477))
    #expect(close(ranked.rocAUC, 0.7714285714285715))
  }

  @Test func oneClassAloneCannotBeRanked() {
    #expect(RankedScores(scores: [1, 2], isPositive: [true, true]) == nil)
    #expect(RankedScores(scores: [1, 2], isPositive: [false, false]) == nil)
    #expect(RankedScores(scores: [], isPositive: []) == nil)
  }

  @Test func decisionsAreCountedAsScikitLearnDoes() {
    let decided = [1, 1, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0].map { $0 == 1 }
    let counts = DecisionCounts(decided: decided, actual: Self.positive)
    #expect(counts.truePositives == 4 && counts.falsePositives == 1)
    #expect(counts.trueNegatives == 6 && counts.falseNegatives == 1)
    #expect(counts.precision == 0.8 && counts.recall == 0.8 && counts.f1 == 0.8)
  }

  @Test func sharesOfNothingAreNotDefined() {
    let none = DecisionCounts(decided: [false], actual: [true])
    #expect(none.precision == nil && none.recall == 0 && none.f1 == 0)
    let negative = DecisionCounts(decided: [false], actual: [false])
    #expect(negative.recall == nil && negative.f1 == nil)
  }
}
