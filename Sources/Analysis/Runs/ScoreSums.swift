import CKernels
import Foundation

extension UnsafeBufferPointer<Float> {
  /// The largest of finite scores.
  var highest: Float { self[ck_argmax(baseAddress, count)] }

  /// Σ exp(score - highest) over some of finite scores; exponentials are float32, their sum is in
  /// double precision.
  func exponentialSum(_ range: Range<Int>, highest: Float) -> Double {
    ck_exp_sum(baseAddress.map { $0 + range.lowerBound }, range.count, highest)
  }

  /// log Σ exp(score) of finite scores, which turns a score into a log-probability.
  ///
  /// The highest score stays out of the sum in float32, so that what is left beside a token that is
  /// nearly certain keeps its digits.
  package var logSum: Double {
    let place = ck_argmax(baseAddress, count)
    let highest = self[place]
    let others =
      exponentialSum(0..<place, highest: highest)
      + exponentialSum(place + 1..<count, highest: highest)
    return Double(highest) + log1p(others)
  }

  /// The entropy of the softmax of finite scores in nats, from 0 (one token is certain) to log dVocab
  /// (all are alike); `logSum` is log Σ exp(score) of them.
  package func entropy(logSum: Double) -> Double {
    var (sum, weighted) = (0.0, 0.0)
    for score in self {
      let logProbability = Double(score) - logSum
      let probability = exp(logProbability)
      sum += probability
      weighted += probability * logProbability
    }
    // The sum is 1 but for what float32 rounded in `logSum`.
    return Swift.max(log(sum) - weighted / sum, 0)
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
    let weights = scores.map { exp(Double($0) - logSum) }
    // 1 but for what float32 rounded in `logSum`.
    let sum = weights.reduce(0, +)
    probabilities = weights.map { $0 / sum }
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
