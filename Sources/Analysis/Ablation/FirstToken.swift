import Foundation

/// What the scores over the vocabulary at the first answer token say.
///
/// Exponentials are float32 where they are many, sums are in double precision.
struct FirstToken: Sendable {
  /// log P(refusal) - log P(anything else): the log-odds that the answer begins with one of the
  /// refusal tokens.
  let refusalLogOdds: Double
  /// log Σ exp(score).
  let logSum: Double

  /// Reads finite scores `[dVocab]`; `refusals` are ids, ascending.
  init(_ scores: UnsafeBufferPointer<Float>, refusals: [Int]) {
    let highest = scores.highest
    var (refusing, other) = (0.0, 0.0)
    var start = 0
    for id in refusals + [scores.count] {
      // Refusals stay out of the sum of the others, so that no difference loses digits.
      other += scores.exponentialSum(start..<id, highest: highest)
      if id < scores.count { refusing += exp(Double(scores[id]) - Double(highest)) }
      start = id + 1
    }
    refusalLogOdds = log(refusing) - log(other)
    logSum = Double(highest) + log(refusing + other)
  }
}
