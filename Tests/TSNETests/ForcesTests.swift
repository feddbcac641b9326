import Foundation
import TSNE
import Testing
import Workers

@Suite struct ForcesTests {
  /// KL and its gradient pair by pair in double precision.
  private struct Plain {
    let p: [[Double]]

    init(_ affinities: DenseAffinities) {
      p = (0..<affinities.count).map { row in
        (0..<affinities.count).map { Double(affinities.values[row * affinities.stride + $0]) }
      }
    }

    func q(_ y: [Double], _ i: Int, _ j: Int) -> Double {
      i == j ? 0 : 1 / (1 + squared(y, 2, i, j))
    }

    func normaliser(_ y: [Double]) -> Double {
      p.indices.reduce(0) { sum, i in p.indices.reduce(sum) { $0 + q(y, i, $1) } }
    }

    func divergence(_ y: [Double]) -> Double {
      let normaliser = normaliser(y)
      return p.indices.reduce(0) { sum, i in
        p.indices.reduce(sum) { sum, j in
          p[i][j] > 0 ? sum + p[i][j] * log(p[i][j] * normaliser / q(y, i, j)) : sum
        }
      }
    }

    func gradient(_ y: [Double]) -> [Double] {
      let normaliser = normaliser(y)
      return p.indices.flatMap { i in
        (0..<2).map { component in
          p.indices.reduce(0) { sum, j in
            let q = q(y, i, j)
            let difference = y[2 * i + component] - y[2 * j + component]
            return sum + 4 * (p[i][j] - q / normaliser) * q * difference
          }
        }
      }
    }
  }

  private let workers = WorkerTeam(count: 2)

  private func affinities(_ count: Int) throws -> DenseAffinities {
    DenseAffinities(
      Distances(try Clusters(count: count).points, metric: .euclidean), perplexity: 15,
      workers: workers)
  }

  private func gradient(_ forces: some Forces, at layout: Layout) -> [Double] {
    let normaliser = forces.update(at: layout)
    return zip(forces.attraction.values, forces.repulsion.values).map { 4 * ($0 - $1 / normaliser) }
  }

  @Test(arguments: [47, 64, 130])
  func theExactGradientIsThatOfADoubleLoop(count: Int) throws {
    let affinities = try affinities(count)
    for size in [1e-4, 1, 50] {
      let layout = randomLayout(count, size: size)
      let found = gradient(ExactForces(affinities, workers: workers), at: layout)
      #expect(relativeError(found, Plain(affinities).gradient(layout.values)) < 3e-6)
    }
  }

  @Test func theGradientIsTheSlopeOfTheDivergence() throws {
    let affinities = try affinities(50)
    let plain = Plain(affinities)
    let layout = randomLayout(50, size: 8)
    let found = gradient(ExactForces(affinities, workers: workers), at: layout)
    let slopes = found.indices.map { index in
      var (above, below) = (layout.values, layout.values)
      above[index] += 1e-5
      below[index] -= 1e-5
      return (plain.divergence(above) - plain.divergence(below)) / 2e-5
    }
    #expect(relativeError(found, slopes) < 1e-5)
  }

  @Test func theDivergenceIsThatOfADoubleLoop() throws {
    let affinities = try affinities(101)
    let distances = Distances(try Clusters(count: 101).points, metric: .euclidean)
    let sparse = SparseAffinities(distances, perplexity: 33, workers: workers)
    let all = DenseAffinities(distances, perplexity: 33, workers: workers)
    for size in [1e-4, 3, 100] {
      let layout = randomLayout(101, size: size)
      let expected = Plain(affinities).divergence(layout.values)
      let found = Divergence.exact(affinities, layout, workers: workers)
      #expect(abs(found / expected - 1) < 1e-5)
      let (left, right) = (
        Divergence.sparse(sparse, layout, workers: workers),
        Divergence.exact(all, layout, workers: workers)
      )
      #expect(abs(left - right) < 1e-6 * abs(right))
    }
  }

  /// From the first step, of a ten-thousandth, to a large layout.
  @Test(arguments: [1e-4, 1, 20, 60])
  func interpolatedRepulsionIsCloseToTheExact(size: Double) throws {
    let points = try Clusters(count: 1000).points
    let distances = Distances(points, metric: .euclidean)
    let layout = randomLayout(1000, size: size)
    let exact = ExactForces(
      DenseAffinities(distances, perplexity: 30, workers: workers), workers: workers)
    let grid = InterpolatedForces(
      SparseAffinities(distances, perplexity: 30, workers: workers), workers: workers)
    let (expected, found) = (exact.update(at: layout), grid.update(at: layout))
    #expect(abs(found / expected - 1) < 0.01)
    // Where points lie far apart, forces nearly cancel.
    let bound = size < 50 ? 0.01 : 0.05
    #expect(relativeError(grid.repulsion.values, exact.repulsion.values) < bound)
    #expect(relativeError(grid.attraction.values, exact.attraction.values) < 1e-4)
  }

  @Test func aSizeOfTransformsIsSmooth() {
    #expect(FourierPlans.size(atLeast: 1) == 16)
    #expect(FourierPlans.size(atLeast: 240) == 240)
    #expect(FourierPlans.size(atLeast: 209) == 240)
    #expect(FourierPlans.size(atLeast: 481) == 512)
  }
}
