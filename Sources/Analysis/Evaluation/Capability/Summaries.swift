import ModelLibrary
import Prompts
import SteeringEngine

/// Summaries of documents, held against references.
///
/// The prompt is the SCANS paper's, as the user's turn of the chat template; of a document that leaves
/// no room for the answer, the beginning is read. Steering is as for any prompt: sigma from the whole
/// prompt, from the query end on.
public struct Summaries: Sendable {
  private let generator: AnswerGenerator
  private let rule: SteeringRule?
  private let format: PromptFormat

  public init(
    model: LanguageModel, engine: SteeringEngine, rule: SteeringRule?, format: PromptFormat,
    options: AnswerOptions, memoryBudget: Int
  ) throws(AnalysisError) {
    do throws(JudgeError) {
      generator = AnswerGenerator(
        model: model, engine: engine, judge: try RefusalJudge.standard(), options: options,
        memoryBudget: memoryBudget)
    } catch {
      throw .judge(error)
    }
    self.rule = rule
    self.format = format
  }

  /// Summarises `documents`; `progress` gets the share that is done, in 0...1.
  public func run(
    _ documents: [DocumentSet.Document],
    shouldStop: @escaping @Sendable () -> Bool = { false }, progress: (Double) -> Void = { _ in }
  ) throws(AnalysisError) -> SummaryFindings {
    let model = generator.model
    let prompts = try prompts(of: documents)
    let encoded = try model.encode(prompts, format: format, steered: rule != nil)
    let signs = try rule.map { (rule) throws(AnalysisError) in
      try rule.sign.signs(
        of: prompts, model: model, engine: generator.engine, format: format,
        memoryBudget: generator.memoryBudget, shouldStop: shouldStop)
    }
    let requests = encoded.indices.flatMap { index in
      let variants = [[]] + (signs.map { [steering(encoded[index], $0[index])] } ?? [])
      return variants.map {
        AnswerRequest(
          TokenSequence(tokens: encoded[index].tokens, readPositions: [], interventions: $0))
      }
    }
    let variants = rule == nil ? 1 : 2
    let answers = try generator.answers(
      to: requests, prompt: { prompts[$0 / variants] },
      shouldStop: shouldStop, progress: progress)
    return SummaryFindings(
      items: documents.indices.map { index in
        let document = documents[index]
        let these = answers[index * variants..<(index + 1) * variants]
        return SummaryFindings.Item(
          id: document.id, reference: document.summary,
          isCut: prompts[index].text != Self.wording(document.text), answers: Array(these),
          scores: these.map { Rouge(summary: $0.text, reference: document.summary).scores },
          sign: signs?[index])
      }, isSteered: rule != nil)
  }

  private func prompts(of documents: [DocumentSet.Document]) throws(AnalysisError) -> [Prompt] {
    let model = generator.model
    let fitter = try PromptFitter(model: model, format: format)
    let room = model.config.nCtx - generator.options.maxNewTokens
    return try documents.map { (document) throws(AnalysisError) in
      try fitter.fit(
        document.text, id: document.id, room: room, keeping: .start, wording: Self.wording)
    }
  }

  private static func wording(_ text: String) -> String {
    "Document:\(text)\nBased on the previous text, provide a brief single summary:"
  }

  private func steering(_ prompt: EncodedPrompt, _ sign: PromptSign) -> [Intervention] {
    rule?.addition.interventions(sigma: sign.sigma, queryEnd: prompt.queryEnd) ?? []
  }
}
