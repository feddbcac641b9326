import ModelLibrary
import Prompts
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
  /// `prompt` is what a request answers, whose id errors name; `progress` gets the share of answers that
  /// are done, and `finished` every answer as it ends, in no particular order.
  func answers(
    to requests: [AnswerRequest], prompt: (Int) -> Prompt,
    shouldStop: @escaping @Sendable () -> Bool, progress: (Double) -> Void = { _ in },
    finished: (Int, JudgedAnswer) throws(AnalysisError) -> Void = { _, _ in }
  ) throws(AnalysisError) -> [JudgedAnswer] {
    var answers = [JudgedAnswer?](repeating: nil, count: requests.count)
    do throws(RunError<AnalysisError>) {
      try engine.generate(
        requests,
        options: GenerationOptions(
          maxNewTokens: options.maxNewTokens, sampling: options.sampling,
          repetitionPenalty: options.repetitionPenalty, stopTokens: model.endTokens),
        memoryBudget: memoryBudget,
        shouldStop: shouldStop, progress: progress
      ) { (request, generated) throws(AnalysisError) in
        let answer = try judged(generated, to: prompt(request).text)
        answers[request] = answer
        try finished(request, answer)
      }
    } catch {
      switch error {
      case .handler(let error): throw error
      case .engine(let error):
        // The engine counts contexts, which belong to requests.
        let owners = requests.enumerated().flatMap { index, request in
          request.contexts.map { (index, $0.sequence.tokens) }
        }
        throw error.naming({ (prompt(owners[$0].0).id, owners[$0].1) }, TokenTexts(model))
      }
    }
    return answers.compactMap { $0 }
  }

  private func judged(
    _ generated: GeneratedText, to prompt: String
  ) throws(AnalysisError) -> JudgedAnswer {
    let decoded: String
    do throws(TokenizerError) { decoded = try model.tokenizer.decode(generated.tokens) } catch {
      throw .model(.tokenizer(path: model.path, error))
    }
    // The one character that no file of results can hold; what a model says is kept all the same.
    let text = decoded.replacing("\0", with: "\\u{0}")
    let end: JudgedAnswer.End = if case .stopToken = generated.end { .stop } else { .length }
    return JudgedAnswer(
      text: text, tokenCount: generated.tokens.count, end: end, isRefusal: judge.isRefusal(text),
      defect: AnswerDefect(of: text, to: prompt))
  }
}
