import ModelLibrary
import Prompts

extension LanguageModel {
  /// `[prompt]`: the tokens of prompts that fit the model's context; an error names the prompt.
  ///
  /// `steered` prompts are changed from the query end on, which the chat template has to mark.
  func encode(
    _ prompts: [Prompt], format: PromptFormat, steered: Bool = false
  ) throws(AnalysisError) -> [EncodedPrompt] {
    let encoder: PromptEncoder
    do throws(ModelError) { encoder = try PromptEncoder(model: self, format: format) } catch {
      throw .model(error)
    }
    guard encoder.marksQueryEnd || !steered || prompts.isEmpty else {
      throw .noQueryEnd(model: name)
    }
    return try prompts.map { (prompt) throws(AnalysisError) in
      let encoded: EncodedPrompt
      do throws(ModelError) { encoded = try encoder.encode(prompt.text) } catch {
        throw .prompt(id: prompt.id, error)
      }
      guard encoded.tokens.count <= config.nCtx else {
        throw .promptTooLong(id: prompt.id, tokens: encoded.tokens.count, limit: config.nCtx)
      }
      return encoded
    }
  }
}
