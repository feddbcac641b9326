import Foundation
import Numerics
import TSNE
import Testing

@Suite struct EmbeddingTests {
  @Test(arguments: [TSNEGradient.exact, .interpolated])
  func neighboursAreLostAtTheStartAndFoundAtTheEnd(gradient: TSNEGradient) throws {
    let clusters = try Clusters(count: 300, clusters: 10, spread: 3)
    var random = SplitMix64(seed: 9)
    let start = (0..<600).map { _ in normal(&random) }
    let embedding = try TSNE(options { $0.gradient = gradient })
      .embed(clusters.points, initial: start)
    let before = nearestNeighbourAccuracy(start, width: 2, labels: clusters.labels)
    let after = nearestNeighbourAccuracy(embedding.layout, width: 2, labels: clusters.labels)
    #expect(before < 0.2 && after > 0.97)
    let means = (0..<2).map { component in
      (0..<300).reduce(0) { $0 + embedding.layout[2 * $1 + component] } / 300
    }
    #expect(means.allSatisfy { abs($0) < 1e-4 })
  }

  @Test func exactAndInterpolatedAgreeInTheirDivergence() throws {
    let points = try Clusters(count: 400, clusters: 3, spread: 1).points
    let exact = try TSNE(options { $0.gradient = .exact }).embed(points)
    let grid = try TSNE(options { $0.gradient = .interpolated }).embed(points)
    #expect(abs(grid.divergence / exact.divergence - 1) < 0.02)
  }

  @Test(arguments: [TSNEGradient.exact, .interpolated])
  func theBitsDoNotDependOnTheThreads(gradient: TSNEGradient) throws {
    let points = try Clusters(count: 210).points
    let embeddings = try [1, 2, 3, 7].map { threads in
      try TSNE(
        options { ($0.gradient, $0.threads, $0.steps) = (gradient, threads, 60) }
      ).embed(points)
    }
    #expect(embeddings.allSatisfy { $0 == embeddings[0] })
  }

  @Test func theSeedTellsRunsApart() throws {
    let points = try Clusters(count: 100).points
    let layouts = try [0, 0, 1].map { seed in
      try TSNE(options { $0.seed = seed }).embed(points).layout
    }
    #expect(layouts[0] == layouts[1] && layouts[0] != layouts[2])
  }

  @Test func aLayoutToBeginWithIsWhereItBegins() throws {
    let clusters = try Clusters(count: 200, clusters: 2, spread: 2)
    let tsne = try TSNE(options { $0.perplexity = 20 })
    let first = try tsne.embed(clusters.points).layout
    let again = try tsne.embed(clusters.points, initial: first.map { 7 * $0 + 1 }).layout
    let moved = Alignment.aligned(again, to: first)
    #expect(relativeError(moved, first) < 0.6)
    #expect(throws: TSNEError.badInitialLayout(expected: 400, got: 3)) {
      try tsne.embed(clusters.points, initial: [1, 2, 3])
    }
  }

  @Test func duplicatesShareAPlace() throws {
    let half = try Clusters(count: 60).points
    let points = try Points(count: 120, dimension: 10, values: half.values + half.values)
    for gradient in [TSNEGradient.exact, .interpolated] {
      let embedding = try TSNE(options { ($0.gradient, $0.perplexity) = (gradient, 15) })
        .embed(points)
      #expect(embedding.layout.allSatisfy(\.isFinite) && embedding.divergence.isFinite)
    }
  }

  /// More equal points than the perplexity has neighbours, and one that differs.
  @Test func aCrowdOfEqualPointsIsNoHindrance() throws {
    let values = [Float](repeating: 2, count: 99 * 4) + [1, 2, 3, 4]
    let points = try Points(count: 100, dimension: 4, values: values)
    for gradient in [TSNEGradient.exact, .interpolated] {
      let embedding = try TSNE(options { $0.gradient = gradient }).embed(points)
      #expect(embedding.layout.allSatisfy(\.isFinite) && embedding.divergence.isFinite)
    }
  }

  @Test(arguments: [1e-30 as Float, 1e30])
  func theScaleOfPointsDoesNotMatter(scale: Float) throws {
    let points = try Clusters(count: 90).points
    let scaled = try Points(count: 90, dimension: 10, values: points.values.map { $0 * scale })
    let tsne = try TSNE(options())
    let (found, expected) = (try tsne.embed(scaled), try tsne.embed(points))
    #expect(abs(found.divergence / expected.divergence - 1) < 0.05)
  }

  @Test func pointsOnALineAndReducedPoints() throws {
    let line = try Points(
      count: 100, dimension: 3, values: (0..<100).flatMap { [Float($0), 2, Float(-$0)] })
    #expect(try TSNE(options()).embed(line).layout.allSatisfy(\.isFinite))
    let clusters = try Clusters(count: 200)
    let layout = try TSNE(options { $0.inputComponents = 4 }).embed(clusters.points).layout
    #expect(nearestNeighbourAccuracy(layout, width: 2, labels: clusters.labels) > 0.97)
  }
}
