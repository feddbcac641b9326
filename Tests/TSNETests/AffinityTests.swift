import Foundation
import TSNE
import Testing
import Workers

@Suite struct AffinityTests {
  private func perplexity(_ probabilities: [Double]) -> Double {
    exp(probabilities.reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 })
  }

  private func probabilities(_ distances: [Double], perplexity: Double) -> [Double] {
    var distances = distances
    distances.withUnsafeMutableBufferPointer {
      PerplexitySearch(perplexity: perplexity).replaceByProbabilities($0)
    }
    return distances
  }

  @Test(arguments: [1.5, 5, 30, 80])
  func everyPerplexityBelowTheNeighboursIsReached(wanted: Double) {
    for scale in [1e-12, 1, 1e12] {
      let distances = (1...100).map { scale * Double($0 * $0) }
      let found = probabilities(distances, perplexity: wanted)
      #expect(abs(found.reduce(0, +) - 1) < 1e-12)
      #expect(abs(perplexity(found) / wanted - 1) < 1e-6)
      #expect(zip(found, found.dropFirst()).allSatisfy { $0 >= $1 })
    }
  }

  @Test func equallyNearNeighboursShareTheProbability() {
    #expect(probabilities([3, 3, 3, 3], perplexity: 2) == [0.25, 0.25, 0.25, 0.25])
    let found = probabilities([0, 0, 0, 0, 1, 2], perplexity: 2)
    #expect(found[0] == 0.25 && found[4] < 1e-6)
  }

  @Test func neighboursAreThoseOfAFullSearch() throws {
    let clusters = try Clusters(count: 137, dimension: 7)
    let distances = Distances(clusters.points, metric: .euclidean)
    let found = Neighbours(distances, each: 12, workers: WorkerTeam(count: 2))
    let values = clusters.points.values.map(Double.init)
    for point in 0..<137 {
      let expected = (0..<137).filter { $0 != point }
        .sorted { (squared(values, 7, point, $0), $0) < (squared(values, 7, point, $1), $1) }
        .prefix(12).sorted()
      #expect((0..<12).map { Int(found.index[point * 12 + $0]) } == expected)
    }
  }

  @Test func affinitiesAreSymmetricAndAddUpToOne() throws {
    let clusters = try Clusters(count: 150)
    let distances = Distances(clusters.points, metric: .euclidean)
    let workers = WorkerTeam(count: 2)
    let dense = DenseAffinities(distances, perplexity: 20, workers: workers)
    let sparse = SparseAffinities(distances, perplexity: 20, workers: workers)
    var (denseSum, sparseSum, largest) = (0.0, 0.0, 0.0)
    for row in 0..<150 {
      #expect(dense.values[row * dense.stride + row] == 0)
      for column in 0..<150 {
        let value = dense.values[row * dense.stride + column]
        #expect(value == dense.values[column * dense.stride + row])
        denseSum += Double(value)
      }
      for entry in sparse.offset[row]..<sparse.offset[row + 1] {
        let full = dense.values[row * dense.stride + Int(sparse.column[entry])]
        sparseSum += Double(sparse.values[entry])
        largest = max(largest, abs(Double(full - sparse.values[entry])))
      }
    }
    #expect(abs(denseSum - 1) < 1e-5 && abs(sparseSum - 1) < 1e-5)
    // So few points have all of the others as neighbours.
    #expect(largest < 1e-9)
  }

  @Test func manyPointsHaveThreeTimesThePerplexityNeighbours() {
    #expect(SparseAffinities.neighbours(perplexity: 30, count: 450) == 449)
    #expect(SparseAffinities.neighbours(perplexity: 30, count: 4000) == 250)
    #expect(SparseAffinities.neighbours(perplexity: 30, count: 50_000) == 90)
  }

  @Test func theCosineMetricForgetsLengths() throws {
    let points = try Clusters(count: 90).points
    let longer = try Points(
      count: 90, dimension: 10,
      values: (0..<90).flatMap { point in
        points.values[point * 10..<point * 10 + 10].map { $0 * Float(1 << (point % 4)) }
      })
    let tsne = try TSNE(options { ($0.metric, $0.perplexity, $0.steps) = (.cosine, 20, 50) })
    let start = (0..<180).map { Double($0 * $0 % 37) }
    #expect(try tsne.embed(points, initial: start) == tsne.embed(longer, initial: start))
  }
}
