import ModelLibrary
import Prompts
import SteeringEngine

extension SteeringRule {
  /// The sign of texts that are not prompts, each as the user's turn of the chat template.
  ///
  /// Of a text that does not fit the model's context in there, the end counts.
  func signs(
    ofTexts texts: [(id: String, text: String)], model: LanguageModel, engine: SteeringEngine,
    memoryBudget: Int, shouldStop: @escaping @Sendable () -> Bool,
    progress: (Double) -> Void = { _ in }
  ) throws(AnalysisError) -> [PromptSign] {
    guard classifier != nil else {
      return try sign.signs(
        of: texts.map { Prompt(id: $0.id, text: $0.text) }, model: model, engine: engine,
        format: PromptFormat(), memoryBudget: memoryBudget, shouldStop: shouldStop)
    }
    guard model.chatTemplateSource != nil else {
      throw .capability(.noTemplateForSign(model: model.path))
    }
    let fitter = try PromptFitter(
      model: model, format: PromptFormat(response: SteeredAnswers.Sign.response))
    let prompts = try texts.map { (item) throws(AnalysisError) in
      try fitter.fit(item.text, id: item.id, room: model.config.nCtx, keeping: .end)
    }
    return try sign.signs(
      of: prompts, model: model, engine: engine, format: PromptFormat(),
      memoryBudget: memoryBudget, shouldStop: shouldStop, progress: progress)
  }
}
