import ModelLibrary
import SteeringEngine
import Tokenization

/// Generates answers to sequences, each under its own interventions, and judges them.
struct AnswerGenerator: Sendable {
  let model: LanguageModel
  let engine: SteeringEngine
  let judge: RefusalJudge
  let options: AnswerOptions
  let memoryBudget: Int

  /// `[sequence]`: the answers.
  ///
  /// With `untilJudged`, an answer ends as soon as the judge's decision can no longer change. `id`
  /// names a sequence's prompt, for errors; `progress` gets the share of answers that are done.
  func answers(
    to sequences: [TokenSequence], untilJudged: Bool, id: (Int) -> String,
    shouldStop: @escaping @Sendable () -> Bool, progress: (Double) -> Void
  ) throws(AnalysisError) -> [JudgedAnswer] {
    let (tokenizer, judge) = (model.tokenizer, judge)
    do {
      let generated = try engine.generate(
        sequences,
        options: GenerationOptions(
          maxNewTokens: options.maxNewTokens, sampling: options.sampling,
          repetitionPenalty: options.repetitionPenalty, stopTokens: model.endTokens),
        memoryBudget: memoryBudget,
        isSettled: { _, tokens in
          guard untilJudged, let partial = try? tokenizer.decode(tokens) else { return false }
          return judge.settled(partial) != nil
        }, shouldStop: shouldStop, progress: progress)
      return try generated.map { try judged($0) }
    } catch let error as EngineError {
      throw error.naming({ (id($0), sequences[$0].tokens) }, TokenTexts(model))
    } catch let error as TokenizerError {
      throw .model(.tokenizer(path: model.path, error))
    } catch {
      preconditionFailure("an error of unknown type: \(error)")
    }
  }

  private func judged(_ generated: GeneratedText) throws(TokenizerError) -> JudgedAnswer {
    let text = try model.tokenizer.decode(generated.tokens)
    let end: JudgedAnswer.End =
      switch generated.end {
      case .stopToken: .stop
      case .length: .length
      case .settled: .judged
      }
    return JudgedAnswer(
      text: text, tokenCount: generated.tokens.count, end: end, isRefusal: judge.isRefusal(text))
  }
}
