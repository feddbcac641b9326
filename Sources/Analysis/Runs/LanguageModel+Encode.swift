import ModelLibrary
import Prompts

extension LanguageModel {
  /// `[prompt]`: the tokens of prompts that fit the model's context; an error names the prompt.
  ///
  /// `progress` gets the share that is done, and `shouldStop` is asked, now and then. `steered`
  /// prompts are changed from the query end on, which the chat template has to mark.
  func encode(
    _ prompts: [Prompt], format: PromptFormat, steered: Bool = false,
    shouldStop: () -> Bool = { false }, progress: (Double) -> Void = { _ in }
  ) throws(AnalysisError) -> [EncodedPrompt] {
    let encoder: PromptEncoder
    do throws(ModelError) { encoder = try PromptEncoder(model: self, format: format) } catch {
      throw .model(error)
    }
    guard encoder.marksQueryEnd || !steered || prompts.isEmpty else {
      throw .noQueryEnd(model: name)
    }
    return try prompts.enumerated().map { (index, prompt) throws(AnalysisError) in
      if index.isMultiple(of: 1024) {
        guard !shouldStop() else { throw .engine(.interrupted) }
        progress(Double(index) / Double(prompts.count))
      }
      let encoded: EncodedPrompt
      let earlier = prompt.earlier.map { ($0.role, $0.text) }
      do throws(ModelError) { encoded = try encoder.encode(prompt.text, after: earlier) } catch {
        throw .prompt(id: prompt.id, error)
      }
      guard encoded.tokens.count <= config.nCtx else {
        throw .promptTooLong(id: prompt.id, tokens: encoded.tokens.count, limit: config.nCtx)
      }
      return encoded
    }
  }
}
