import Foundation
import Numerics
import TSNE

/// Gaussian clouds around far centres, `count` points in turn of each.
struct Clusters {
  let labels: [Int]
  let points: Points

  init(count: Int, clusters: Int = 5, dimension: Int = 10, spread: Double = 6, seed: UInt64 = 1)
    throws
  {
    var random = SplitMix64(seed: seed)
    let centres = (0..<clusters * dimension).map { _ in spread * normal(&random) }
    labels = (0..<count).map { $0 % clusters }
    points = try Points(
      count: count, dimension: dimension,
      values: labels.flatMap { label in
        (0..<dimension).map { Float(centres[label * dimension + $0] + normal(&random)) }
      })
  }
}

func normal(_ random: inout SplitMix64) -> Double {
  (-2 * log(1 - random.unitInterval())).squareRoot() * cos(2 * .pi * random.unitInterval())
}

/// A layout of random places, `size` wide.
func randomLayout(_ count: Int, size: Double, seed: UInt64 = 3) -> Layout {
  var random = SplitMix64(seed: seed)
  return Layout(count: count, (0..<2 * count).map { _ in size * (random.unitInterval() - 0.5) })
}

/// The share of points whose nearest other point has the same label; rows are `[point, width]`.
func nearestNeighbourAccuracy(_ values: [Double], width: Int, labels: [Int]) -> Double {
  let hits = labels.indices.count { point in
    let nearest = labels.indices.filter { $0 != point }.min { left, right in
      squared(values, width, point, left) < squared(values, width, point, right)
    }
    return nearest.map { labels[$0] == labels[point] } ?? false
  }
  return Double(hits) / Double(labels.count)
}

func squared(_ values: [Double], _ width: Int, _ left: Int, _ right: Int) -> Double {
  (0..<width).reduce(0) { sum, column in
    let difference = values[left * width + column] - values[right * width + column]
    return sum + difference * difference
  }
}

/// |found - expected| / |expected|, as vectors.
func relativeError(_ found: [Double], _ expected: [Double]) -> Double {
  guard found.count == expected.count else { return .infinity }
  return norm(difference(found, expected)) / norm(expected)
}

func options(_ change: (inout TSNEOptions) -> Void = { _ in }) -> TSNEOptions {
  var options = TSNEOptions(threads: 2)
  change(&options)
  return options
}
