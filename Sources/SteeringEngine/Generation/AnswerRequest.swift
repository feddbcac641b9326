/// What one answer is generated from: a sequence, or several contexts that get the same new tokens.
public struct AnswerRequest: Hashable, Sendable {
  /// A sequence, and the weight of its scores.
  public struct Context: Hashable, Sendable {
    public var sequence: TokenSequence
    public var weight: Float

    public init(_ sequence: TokenSequence, weight: Float) {
      self.sequence = sequence
      self.weight = weight
    }
  }

  /// What the answer follows, at least one sequence.
  ///
  /// Every token is chosen from the weighted sum of their scores `[dVocab]`. A repetition penalty
  /// reads the first context's tokens.
  public var contexts: [Context]

  /// Whether the scores are those of one sequence as they are.
  var isPlain: Bool { contexts.count == 1 && contexts[0].weight == 1 }

  /// The answer to one sequence.
  public init(_ sequence: TokenSequence) {
    contexts = [Context(sequence, weight: 1)]
  }

  /// The answer whose tokens are chosen from y - a (y - y'), where y are the scores after `sequence`,
  /// y' those after `other`, and a is the `strength` (Self-CD; contrastive decoding).
  public init(_ sequence: TokenSequence, contrastedWith other: TokenSequence, strength: Float) {
    contexts = [Context(sequence, weight: 1 - strength), Context(other, weight: strength)]
  }
}

/// The contexts of requests, one after another.
struct RequestContexts {
  /// [context]: read at its last token.
  let sequences: [TokenSequence]
  /// [request]: its contexts.
  let ranges: [Range<Int>]

  init(_ requests: [AnswerRequest]) {
    var (sequences, ranges): ([TokenSequence], [Range<Int>]) = ([], [])
    for request in requests {
      let first = sequences.count
      for context in request.contexts {
        var sequence = context.sequence
        sequence.readPositions = [max(sequence.tokens.count - 1, 0)]
        sequences.append(sequence)
      }
      ranges.append(first..<sequences.count)
    }
    (self.sequences, self.ranges) = (sequences, ranges)
  }

  /// The contexts of consecutive requests.
  func contexts(of requests: Range<Int>) -> Range<Int> {
    ranges[requests.lowerBound].lowerBound..<ranges[requests.upperBound - 1].upperBound
  }

  /// The rows that decode together: at least those of the largest request.
  func slots(for requests: Range<Int>, _ options: GenerationOptions) -> Int {
    max(
      min(options.batchRows, contexts(of: requests).count),
      requests.map { ranges[$0].count }.max() ?? 0)
  }

  /// The tokens of a request's longest context.
  func longest(_ request: Int) -> Int {
    ranges[request].map { sequences[$0].tokens.count }.max() ?? 0
  }
}
