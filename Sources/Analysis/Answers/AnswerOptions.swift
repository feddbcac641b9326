import SteeringEngine

/// How answers to prompts are generated.
public struct AnswerOptions: Hashable, Sendable {
  /// The most tokens of an answer.
  public var maxNewTokens: Int
  /// Hugging Face's rule over prompt and answer; 1 for none.
  public var repetitionPenalty: Float
  public var sampling: GenerationOptions.Sampling

  public init(
    maxNewTokens: Int, repetitionPenalty: Float = 1,
    sampling: GenerationOptions.Sampling = .greedy
  ) {
    self.maxNewTokens = maxNewTokens
    self.repetitionPenalty = repetitionPenalty
    self.sampling = sampling
  }
}

/// An answer, whether it refuses, and whether it says anything.
public struct JudgedAnswer: ScoredAnswer, Hashable, Sendable {
  /// Why generation ended.
  public enum End: String, Hashable, Sendable, Encodable {
    /// The model ended its turn.
    case stop
    /// The answer reached the length that was allowed.
    case length
  }

  /// Without the token that ended it; a zero byte, which no result file can hold, is `\u{0}`.
  public var text: String
  public var tokenCount: Int
  public var end: End
  public var isRefusal: Bool
  public var defect: AnswerDefect?
  public var surprisal: Double?

  public init(
    text: String, tokenCount: Int, end: End, isRefusal: Bool, defect: AnswerDefect?,
    surprisal: Double? = nil
  ) {
    self.text = text
    self.tokenCount = tokenCount
    self.end = end
    self.isRefusal = isRefusal
    self.defect = defect
    self.surprisal = surprisal
  }
}
