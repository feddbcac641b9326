import ModelLibrary
import Prompts
import SteeringEngine

/// Answers through the chat template, perhaps with a system text and turns before the prompt.
struct PlainMethod: AnswerMethod {
  let column: AnswerColumn
  let encoded: [Int: EncodedPrompt]

  func requests(for prompts: [Int]) -> [AnswerRequest] {
    prompts.compactMap { encoded[$0] }.map {
      AnswerRequest(TokenSequence(tokens: $0.tokens, readPositions: []))
    }
  }
}

/// Answers steered by the rule of SCANS with a given sign.
struct SteeredMethod: AnswerMethod {
  let column: AnswerColumn
  let encoded: [Int: EncodedPrompt]
  let addition: SteeringAddition

  func requests(for prompts: [Int]) -> [AnswerRequest] {
    prompts.compactMap { encoded[$0] }.map { prompt in
      AnswerRequest(
        TokenSequence(
          tokens: prompt.tokens, readPositions: [],
          interventions: addition.interventions(sigma: column.sign, queryEnd: prompt.queryEnd)))
    }
  }
}

/// Self-CD: the scores of a context with a safety text, less what that text adds.
///
/// y is read with the safety text before the query in the user's turn, y' without; the next token is
/// argmax(y - a (y - y')), a = 2.5.
/// Source: Shi et al., "Navigating the OverKill in Large Language Models", arXiv 2401.17633.
struct SelfContrastMethod: AnswerMethod {
  static let strength: Float = 2.5

  let column: AnswerColumn
  /// With the safety text before the query, and without.
  let warned, plain: [Int: EncodedPrompt]

  func requests(for prompts: [Int]) -> [AnswerRequest] {
    zip(prompts.compactMap { warned[$0] }, prompts.compactMap { plain[$0] }).map { warned, plain in
      AnswerRequest(
        TokenSequence(tokens: warned.tokens, readPositions: []),
        contrastedWith: TokenSequence(tokens: plain.tokens, readPositions: []),
        strength: Self.strength)
    }
  }
}

extension SafetyPrompt {
  /// As the engine's side knows prompts.
  var prompt: Prompt { Prompt(id: fullID, text: text, label: label.rawValue, earlier: earlier) }
}

/// What is known of one method's answers: a column of the table of answers.
public struct AnswerColumn: Hashable, Sendable {
  /// The method's name, such as `default` or `scans-repo`.
  public var method: String
  /// The trial whose anchors the answers depend on; nil where they depend on none.
  public var trial: Int?
  /// The sign of steering, 0 without.
  public var sign: Int
  /// Which random directions stand for the vectors, from 1; nil for the vectors themselves.
  public var control: Int?

  public init(method: String, trial: Int? = nil, sign: Int = 0, control: Int? = nil) {
    self.method = method
    self.trial = trial
    self.sign = sign
    self.control = control
  }
}

/// A way to answer prompts.
///
/// All methods run on one engine: what differs is which tokens the model reads, what is done to its
/// residual stream, and, where a method reads a prompt in several contexts, how their scores add up
/// to the next token's. A request says all three.
public protocol AnswerMethod: Sendable {
  var column: AnswerColumn { get }

  /// What the answers to prompts, by their indices in the evaluation, are generated from.
  func requests(for prompts: [Int]) -> [AnswerRequest]
}
