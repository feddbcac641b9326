import ModelLibrary
import Prompts
import SteeringEngine

/// A prompt's answers without and with steering.
public struct SteeredAnswer: Sendable {
  public var id: String
  /// Empty for none.
  public var label: String
  public var prompt: String
  /// s_q; nil where the sign did not come from it.
  public var score: Double?
  /// The sign of the steering.
  public var sigma: Int
  public var unsteered: JudgedAnswer
  public var steered: JudgedAnswer
  /// How far steering moves the model: the mean of KL(unsteered || steered) over the first tokens of the
  /// unsteered answer, in nats.
  public var divergence: Double
}

/// Answers prompts twice: as the model is, and steered by SCANS's rule.
public struct SteeredAnswers: Sendable {
  /// Where sigma comes from.
  public enum Sign: Sendable {
    case fixed(Int)
    /// +1 where the classifier calls the prompt unsafe, else -1.
    case classifier(HarmClassifier)
  }

  private let generator: AnswerGenerator
  private let rule: SteeringRule
  private let format: PromptFormat

  /// `format` is that of the prompts that are answered, without a response.
  public init(
    model: LanguageModel, engine: SteeringEngine, rule: SteeringRule, format: PromptFormat,
    judge: RefusalJudge, options: AnswerOptions, memoryBudget: Int
  ) {
    generator = AnswerGenerator(
      model: model, engine: engine, judge: judge, options: options, memoryBudget: memoryBudget)
    self.rule = rule
    self.format = format
  }

  /// Answers `prompts`; `progress` gets the share that is done, in 0...1.
  public func run(
    _ prompts: [Prompt], shouldStop: @escaping @Sendable () -> Bool = { false },
    progress: (Double) -> Void = { _ in }
  ) throws(AnalysisError) -> [SteeredAnswer] {
    let encoded = try generator.model.encode(
      rule.profile.stripsPrompts ? prompts.map(\.stripped) : prompts, format: format,
      steered: true)
    let signs = try rule.sign.signs(
      of: prompts, model: generator.model, engine: generator.engine, format: format,
      memoryBudget: generator.memoryBudget, shouldStop: shouldStop)
    let sequences = zip(encoded, signs).flatMap { prompt, sign in
      [[], rule.addition.interventions(sigma: sign.sigma, queryEnd: prompt.queryEnd)].map {
        TokenSequence(tokens: prompt.tokens, readPositions: [], interventions: $0)
      }
    }
    var answers = try generator.answers(
      to: sequences.map(AnswerRequest.init), prompt: { prompts[$0 / 2] },
      shouldStop: shouldStop,
      progress: progress)
    try generator.score(
      &answers, text: \.text, to: answers.indices.map { encoded[$0 / 2] },
      id: { prompts[$0 / 2].id }, shouldStop: shouldStop)
    let bound = SurprisalBound(unsteered: prompts.indices.map { answers[2 * $0] })
    for index in answers.indices { answers[index].mark(beyond: bound) }
    let divergences = try generator.divergences(
      along: prompts.indices.map { answers[2 * $0].text }, to: encoded,
      under: prompts.indices.map { sequences[2 * $0 + 1].interventions },
      id: { prompts[$0].id }, shouldStop: shouldStop)
    return prompts.indices.map { index in
      SteeredAnswer(
        id: prompts[index].id, label: prompts[index].label ?? "", prompt: prompts[index].text,
        score: signs[index].score, sigma: signs[index].sigma, unsteered: answers[2 * index],
        steered: answers[2 * index + 1], divergence: divergences[index])
    }
  }
}

extension Prompt {
  /// The same without white space around its text.
  fileprivate var stripped: Prompt {
    let space: (Character) -> Bool = \.isWhitespace
    var text = text.drop(while: space)
    while text.last.map(space) ?? false { text.removeLast() }
    return Prompt(id: id, text: String(text), label: label)
  }
}
