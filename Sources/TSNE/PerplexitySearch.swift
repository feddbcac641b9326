import Foundation

/// Finds the width of a Gaussian around a point at which its neighbours have a given perplexity.
///
/// The entropy H of the weights exp(-β d²) falls as β rises, from log(neighbours) to log(nearest
/// ones at the same distance). β is sought by bisection of log β, in which Newton's steps are taken
/// where they stay between the ends. Source: van der Maaten and Hinton, "Visualizing data using
/// t-SNE", 2008.
package struct PerplexitySearch: Sendable {
  /// Of the entropy, in nats.
  static let tolerance = 1e-7
  private static let stepLimit = 100

  private let entropy: Double

  package init(perplexity: Double) { entropy = log(perplexity) }

  /// Turns squared distances into probabilities that add up to 1.
  ///
  /// Where too many neighbours are equally near for the perplexity, these share the probability.
  package func replaceByProbabilities(_ distances: UnsafeMutableBufferPointer<Double>) {
    guard let nearest = distances.min() else { return }
    var mean = 0.0
    for index in distances.indices {
      distances[index] -= nearest
      mean += distances[index]
    }
    mean /= Double(distances.count)
    let precision = mean > 0 ? precision(distances, start: 1 / mean) : 0
    var sum = 0.0
    for index in distances.indices {
      distances[index] = exp(-precision * distances[index])
      sum += distances[index]
    }
    for index in distances.indices { distances[index] /= sum }
  }

  /// β for distances of which the least is 0.
  private func precision(_ distances: UnsafeMutableBufferPointer<Double>, start: Double) -> Double {
    var (low, high) = (-Double.infinity, Double.infinity)
    var logarithm = log(start)
    for _ in 0..<Self.stepLimit {
      let precision = exp(logarithm)
      let (found, slope) = entropy(of: distances, precision: precision)
      let excess = found - entropy
      if abs(excess) <= Self.tolerance { break }
      if excess > 0 { low = logarithm } else { high = logarithm }
      logarithm = next(after: logarithm, newton: excess / -slope, low: low, high: high)
    }
    return exp(logarithm)
  }

  /// Newton's step if it stays between the ends, else their middle, else a step of one.
  private func next(after value: Double, newton: Double, low: Double, high: Double) -> Double {
    let step = value + min(max(newton, -2), 2)
    if step > low, step < high, newton.isFinite, newton != 0 { return step }
    if low.isFinite, high.isFinite { return (low + high) / 2 }
    return low.isFinite ? low + 1 : high - 1
  }

  /// H, and dH / d log β = -β² Var(d²).
  private func entropy(
    of distances: UnsafeMutableBufferPointer<Double>, precision: Double
  ) -> (value: Double, slope: Double) {
    var (sum, first, second) = (0.0, 0.0, 0.0)
    for distance in distances {
      let weight = exp(-precision * distance)
      sum += weight
      first += weight * distance
      second += weight * distance * distance
    }
    let mean = first / sum
    let variance = max(second / sum - mean * mean, 0)
    return (log(sum) + precision * mean, -precision * precision * variance)
  }
}
