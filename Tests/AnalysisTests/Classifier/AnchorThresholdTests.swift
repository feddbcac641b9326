import Analysis
import Testing

@Suite struct AnchorThresholdTests {
  private func set(unsafe: [[Double]], safe: [[Double]]) -> VectorSet {
    let layers = Array(0..<(unsafe.first ?? safe[0]).count)
    let anchors =
      unsafe.map { VectorSet.Anchor(id: "u", isUnsafe: true, cosines: $0) }
      + safe.map { VectorSet.Anchor(id: "s", isUnsafe: false, cosines: $0) }
    return VectorSet(
      kind: .meanDifference, layers: layers, vectors: layers.map { _ in [1] }, isUnit: true,
      norms: layers.map { _ in 1 }, position: "query-end", unsafeCount: unsafe.count,
      safeCount: safe.count, harmDirections: nil, anchors: anchors, model: nil)
  }

  @Test func itIsTheMiddleOfTheGapBetweenTheClasses() throws {
    let set = set(unsafe: [[0.75], [1]], safe: [[0.25], [0]])
    let found = try set.anchorThreshold(layers: nil, path: "v.h5")
    #expect(found.threshold == 0.5)
    #expect(found.balancedAccuracy == 1)
  }

  @Test func ofEquallyGoodGapsTheWidestCounts() throws {
    // Both 0.4375 and 0.6875 leave one of four unsafe anchors, or half of the safe ones, wrong:
    // below s u s u u u the cuts after the first and after the second safe anchor compare.
    let set = set(unsafe: [[0.375], [0.75], [0.875], [1]], safe: [[0], [0.5]])
    // After 0: 4/4 and 1/2, so 0.75. After 0.5: 3/4 and 2/2, so 0.875.
    let found = try set.anchorThreshold(layers: nil, path: "v.h5")
    #expect(found.threshold == 0.625)
    #expect(found.balancedAccuracy == 0.875)
    // u s u s: after the first s and after the second nothing is better than the first cut.
    let tied = self.set(unsafe: [[0.25], [0.5]], safe: [[0], [0.375]])
    // After 0: 1 and 1/2; after 0.375: 1/2 and 1. Both 0.75; the first gap is wider.
    let widest = try tied.anchorThreshold(layers: nil, path: "v.h5")
    #expect(widest.threshold == 0.125)
    #expect(widest.balancedAccuracy == 0.75)
  }

  @Test func onlyTheLayersOfTheSetLCount() throws {
    let set = set(unsafe: [[0, 1], [0, 0.75]], safe: [[1, 0.25], [1, 0]])
    #expect(try set.anchorThreshold(layers: [1], path: "v.h5").threshold == 0.5)
    #expect(try set.anchorThreshold(layers: [0], path: "v.h5").balancedAccuracy == 0)
  }

  @Test func anchorsWithoutDifferentScoresAreRefused() {
    #expect(
      sentence {
        _ = try set(unsafe: [[0.5]], safe: [[0.5]]).anchorThreshold(layers: nil, path: "v.h5")
      }
        == "all anchors of v.h5 have the same score, so none tells them apart; give a threshold, "
        + "such as --threshold 0.75")
    var bare = set(unsafe: [[0.5]], safe: [[0.25]])
    bare.anchors[0].cosines = []
    #expect(
      sentence { _ = try bare.anchorThreshold(layers: nil, path: "v.h5") }
        == "v.h5 has no cosines of anchors to calibrate a threshold with; give one, such as "
        + "--threshold 0.75")
  }
}
