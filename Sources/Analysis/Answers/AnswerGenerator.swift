import ActivationStore
import ModelLibrary
import SteeringEngine
import Tokenization

/// Generates answers to requests, each context under its own interventions, and judges them.
struct AnswerGenerator: Sendable {
  let model: LanguageModel
  let engine: SteeringEngine
  let judge: RefusalJudge
  let options: AnswerOptions
  let memoryBudget: Int

  /// `[request]`: the answers.
  ///
  /// With `untilJudged`, an answer ends as soon as the judge's decision can no longer change. `id`
  /// names a request's prompt, for errors; `progress` gets the share of answers that are done, and
  /// `finished` every answer as it ends, in no particular order; it may throw what a file's owner does.
  func answers(
    to requests: [AnswerRequest], untilJudged: Bool, id: (Int) -> String,
    shouldStop: @escaping @Sendable () -> Bool, progress: (Double) -> Void = { _ in },
    finished: (Int, JudgedAnswer) throws -> Void = { _, _ in }
  ) throws(AnalysisError) -> [JudgedAnswer] {
    let (tokenizer, judge) = (model.tokenizer, judge)
    do {
      let generated = try engine.generate(
        requests,
        options: GenerationOptions(
          maxNewTokens: options.maxNewTokens, sampling: options.sampling,
          repetitionPenalty: options.repetitionPenalty, stopTokens: model.endTokens),
        memoryBudget: memoryBudget,
        isSettled: { _, tokens in
          guard untilJudged, let partial = try? tokenizer.decode(tokens) else { return false }
          return judge.settled(partial) != nil
        }, shouldStop: shouldStop, progress: progress,
        finished: { try finished($0, judged($1)) })
      return try generated.map { try judged($0) }
    } catch let error as EngineError {
      // The engine counts contexts, which belong to requests.
      let owners = requests.enumerated().flatMap { index, request in
        request.contexts.map { (index, $0.sequence.tokens) }
      }
      throw error.naming({ (id(owners[$0].0), owners[$0].1) }, TokenTexts(model))
    } catch let error as TokenizerError {
      throw .model(.tokenizer(path: model.path, error))
    } catch let error as StoreError {
      throw .store(error)
    } catch let error as VectorError {
      throw .vectors(error)
    } catch let error as AnalysisError {
      throw error
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
