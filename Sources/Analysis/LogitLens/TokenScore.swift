/// A token of the vocabulary and its score.
public struct TokenScore: Hashable, Sendable {
  /// The row of the unembedding.
  public var id: Int
  /// The dot product of that row with what the lens looks at, as the model computes its logits.
  public var score: Float

  public init(id: Int, score: Float) {
    self.id = id
    self.score = score
  }
}

/// Where a token that was asked for stands among all tokens.
public struct TokenStanding: Hashable, Sendable {
  public var id: Int
  public var score: Float
  /// 1 for the token of the highest score; of equal scores the lower id comes first.
  public var rank: Int

  public init(id: Int, score: Float, rank: Int) {
    self.id = id
    self.score = score
    self.rank = rank
  }
}

extension UnsafeBufferPointer<Float> {
  /// The `count` tokens of the highest scores, highest first; of equal scores the lower id first.
  ///
  /// - Complexity: one pass over the scores, and O(`count`) for each token that enters on the way.
  package func highest(_ count: Int) -> [TokenScore] { best(count, sign: 1) }

  /// The `count` tokens of the lowest scores, lowest first; of equal scores the lower id first.
  package func lowest(_ count: Int) -> [TokenScore] { best(count, sign: -1) }

  /// A token's score and its place in the order of `highest(_:)`.
  package func standing(of id: Int) -> TokenStanding {
    let score = self[id]
    var rank = 1
    for other in indices where self[other] > score || (self[other] == score && other < id) {
      rank += 1
    }
    return TokenStanding(id: id, score: score, rank: rank)
  }

  private func best(_ count: Int, sign: Float) -> [TokenScore] {
    var best: [TokenScore] = []
    best.reserveCapacity(count + 1)
    // What a score must exceed to enter; ids ascend, so that an equal one comes too late.
    var bar = -Float.infinity
    for id in indices where sign * self[id] > bar {
      let score = sign * self[id]
      let place = best.firstIndex { sign * $0.score < score } ?? best.endIndex
      best.insert(TokenScore(id: id, score: self[id]), at: place)
      if best.count > count { best.removeLast() }
      if best.count == count, let last = best.last { bar = sign * last.score }
    }
    return best
  }
}
