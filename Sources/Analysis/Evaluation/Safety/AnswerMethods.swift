import ModelLibrary
import Prompts
import SteeringEngine

/// Answers through the chat template, perhaps with a system text and turns before the prompt.
struct PlainMethod: AnswerMethod {
  let column: AnswerColumn
  let model: LanguageModel
  let format: PromptFormat

  func requests(for prompts: [SafetyPrompt]) throws(AnalysisError) -> [AnswerRequest] {
    try ActivationDump.encode(prompts.map(\.prompt), model: model, format: format).map {
      AnswerRequest(TokenSequence(tokens: $0.tokens, readPositions: []))
    }
  }
}

/// Answers steered by the rule of SCANS with a given sign.
struct SteeredMethod: AnswerMethod {
  let column: AnswerColumn
  let model: LanguageModel
  let policy: SteeringPolicy

  func requests(for prompts: [SafetyPrompt]) throws(AnalysisError) -> [AnswerRequest] {
    let encoded = try ActivationDump.encodeMarked(
      prompts.map(\.prompt), model: model, format: PromptFormat())
    return encoded.map { prompt in
      AnswerRequest(
        TokenSequence(
          tokens: prompt.tokens, readPositions: [],
          interventions: policy.interventions(sigma: column.sign, queryEnd: prompt.queryEnd)))
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
  let model: LanguageModel
  let safetyText: String

  func requests(for prompts: [SafetyPrompt]) throws(AnalysisError) -> [AnswerRequest] {
    let warned = prompts.map { prompt in
      Prompt(id: prompt.fullID, text: "\(safetyText) \(prompt.text)")
    }
    let format = PromptFormat()
    let (with, without) = (
      try ActivationDump.encode(warned, model: model, format: format),
      try ActivationDump.encode(prompts.map(\.prompt), model: model, format: format)
    )
    return zip(with, without).map { with, without in
      AnswerRequest(
        TokenSequence(tokens: with.tokens, readPositions: []),
        contrastedWith: TokenSequence(tokens: without.tokens, readPositions: []),
        strength: Self.strength)
    }
  }
}

extension SafetyPrompt {
  /// As the engine's side knows prompts.
  var prompt: Prompt { Prompt(id: fullID, text: text, label: label.rawValue) }
}
