import ModelLibrary
import Prompts

/// Shortens prompts that are too long for the model's context.
struct PromptFitter: Sendable {
  /// Which part of a text is kept.
  enum Part: Sendable { case start, end }

  private let model: LanguageModel
  private let encoder: PromptEncoder

  init(model: LanguageModel, format: PromptFormat) throws(AnalysisError) {
    self.model = model
    do throws(ModelError) { encoder = try PromptEncoder(model: model, format: format) } catch {
      throw .model(error)
    }
  }

  /// A prompt that `wording` makes of a text, the text cut so that the prompt takes no more than `room`
  /// tokens in its format.
  func fit(
    _ text: String, id: String, room: Int, keeping part: Part,
    wording: (String) -> String = { $0 }
  ) throws(AnalysisError) -> Prompt {
    var text = text
    do throws(ModelError) {
      var count = try encoder.encode(wording(text)).tokens.count
      // Cut and tokenized anew, a text may become longer, so that one cut more is needed.
      var margin = 0
      while count > room {
        let tokens = try model.plainTokens(of: text)
        let kept = tokens.count - (count - room) - margin
        guard kept > 0 else { break }
        text = try model.text(of: part == .start ? tokens.prefix(kept) : tokens.suffix(kept))
        count = try encoder.encode(wording(text)).tokens.count
        margin += 1
      }
      if count <= room { return Prompt(id: id, text: wording(text)) }
    } catch {
      throw .prompt(id: id, error)
    }
    throw .capability(.noRoomForText(id: id, limit: model.config.nCtx))
  }
}
