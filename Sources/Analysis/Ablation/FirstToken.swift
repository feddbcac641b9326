import Foundation

/// What the scores over the vocabulary at the first answer token say, in double precision.
struct FirstToken: Sendable {
  /// log P(refusal) - log P(anything else): the log-odds that the answer begins with one of the
  /// refusal tokens.
  let refusalLogOdds: Double
  /// log Σ exp(score).
  let logSum: Double

  /// Reads finite scores `[dVocab]`; `refusals` are ids, ascending.
  init(_ scores: UnsafeBufferPointer<Float>, refusals: [Int]) {
    let highest = Double(scores.max() ?? 0)
    var (refusing, other) = (0.0, 0.0)
    var start = 0
    for id in refusals + [scores.count] {
      // Refusals stay out of the sum of the others, so that no difference loses digits.
      for score in scores[start..<id] { other += exp(Double(score) - highest) }
      if id < scores.count { refusing += exp(Double(scores[id]) - highest) }
      start = id + 1
    }
    refusalLogOdds = log(refusing) - log(other)
    logSum = highest + log(refusing + other)
  }
}
