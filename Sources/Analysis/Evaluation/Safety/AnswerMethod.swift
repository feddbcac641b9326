import SteeringEngine

/// What is known of one method's answers: a column of the table of answers.
public struct AnswerColumn: Hashable, Sendable {
  /// The method's name, such as `default` or `scans-repo`.
  public var method: String
  /// The trial whose anchors the answers depend on; nil where they depend on none.
  public var trial: Int?
  /// The sign of steering, 0 without.
  public var sign: Int

  public init(method: String, trial: Int? = nil, sign: Int = 0) {
    self.method = method
    self.trial = trial
    self.sign = sign
  }
}

/// A way to answer prompts.
///
/// All methods run on one engine: what differs is which tokens the model reads, what is done to its
/// residual stream, and, where a method reads a prompt in several contexts, how their scores add up
/// to the next token's. A request says all three.
public protocol AnswerMethod: Sendable {
  var column: AnswerColumn { get }

  /// `[prompt]`: what each answer is generated from.
  func requests(for prompts: [SafetyPrompt]) throws(AnalysisError) -> [AnswerRequest]
}
