import Foundation

/// What the softmax of a row of scores says as a whole, in double precision.
package struct TokenDistribution: Hashable, Sendable {
  /// log Σ exp(score), which turns a score into a log-probability.
  package let logSum: Double
  /// In nats, from 0 (one token is certain) to log dVocab (all are alike).
  package let entropy: Double

  /// Reads finite scores `[dVocab]`.
  package init(_ scores: UnsafeBufferPointer<Float>) {
    let highest = Double(scores.max() ?? 0)
    var (sum, weighted) = (0.0, 0.0)
    for score in scores {
      let distance = Double(score) - highest
      let weight = exp(distance)
      sum += weight
      weighted += weight * distance
    }
    logSum = highest + log(sum)
    entropy = max(log(sum) - weighted / sum, 0)
  }
}

/// The distribution that the model itself puts out at a position, to hold the lens against.
package struct ModelOutput: Sendable {
  /// `[dVocab]`.
  private let probabilities: [Double]
  private let logSum: Double
  /// Σ p · score of the model's own scores.
  private let meanScore: Double

  /// Reads the model's own scores; `logSum` is log Σ exp(score), as `divergence` will get it.
  package init(_ scores: UnsafeBufferPointer<Float>, logSum: Double) {
    probabilities = scores.map { exp(Double($0) - logSum) }
    self.logSum = logSum
    meanScore = Self.mean(of: scores, under: probabilities)
  }

  /// KL(model's output || softmax of `scores`) in nats; 0 where they are the model's own scores.
  ///
  /// `logSum` is log Σ exp(score) of `scores`.
  package func divergence(of scores: UnsafeBufferPointer<Float>, logSum other: Double) -> Double {
    // Both means are summed in the same order, so that equal scores cancel to exactly 0.
    let means = meanScore - Self.mean(of: scores, under: probabilities)
    return max(means - (logSum - other), 0)
  }

  private static func mean(
    of scores: UnsafeBufferPointer<Float>, under probabilities: [Double]
  ) -> Double {
    var sum = 0.0
    for (probability, score) in zip(probabilities, scores) { sum += probability * Double(score) }
    return sum
  }
}
