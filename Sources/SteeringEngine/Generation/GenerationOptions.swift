/// How text is generated.
public struct GenerationOptions: Hashable, Sendable {
  /// How the next token is chosen from the logits.
  public enum Sampling: Hashable, Sendable {
    /// The token with the highest score; of equal ones the lowest id.
    case greedy
    /// Drawn from softmax(logits / temperature), cut to the fewest tokens whose probability reaches
    /// `topP`. A sequence's draws depend on `seed` and its own index alone.
    case nucleus(temperature: Float, topP: Float, seed: UInt64)
  }

  /// The most tokens that a sequence gets.
  public var maxNewTokens: Int
  public var sampling: Sampling
  /// Hugging Face's rule: scores of tokens that occur in prompt or answer are divided by it when
  /// positive, multiplied by it when negative; 1 for none.
  public var repetitionPenalty: Float
  /// Tokens that end an answer.
  public var stopTokens: Set<Int32>
  /// Rows that are decoded together; results do not depend on it.
  public var batchRows: Int

  /// Whether every next token is the one with the largest score, which no penalty has raised.
  var choosesLargest: Bool { sampling == .greedy && repetitionPenalty >= 1 }

  public init(
    maxNewTokens: Int, sampling: Sampling = .greedy, repetitionPenalty: Float = 1,
    stopTokens: Set<Int32>, batchRows: Int = 128
  ) {
    self.maxNewTokens = maxNewTokens
    self.sampling = sampling
    self.repetitionPenalty = repetitionPenalty
    self.stopTokens = stopTokens
    self.batchRows = batchRows
  }
}

/// What was generated after one sequence.
public struct GeneratedText: Hashable, Sendable {
  /// Why it ended.
  public enum End: Hashable, Sendable {
    case stopToken(Int32)
    case length
    /// The caller's judge had seen enough.
    case settled
  }

  /// The new tokens, without the stop token.
  public var tokens: [Int32]
  public var end: End

  public init(tokens: [Int32], end: End) {
    self.tokens = tokens
    self.end = end
  }
}
