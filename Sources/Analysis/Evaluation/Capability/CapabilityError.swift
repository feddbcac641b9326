import SteeringEngine

/// Why a capability could not be measured.
public enum CapabilityError: Error, Equatable, Sendable, CustomStringConvertible {
  case textTooShort(path: String, tokens: Int)
  case noTurns(model: String)
  case windowTooSmall(window: Int, needed: Int)
  case noTemplateForSign(model: String)
  case noRoomForText(id: String, limit: Int)
  case noSubjects(folder: String)
  case noSubject(String, folder: String, found: [String])
  case noExamples(subject: String, path: String)
  case questionTooLong(subject: String, question: Int, limit: Int)
  case noLetterTokens(model: String)
  case notFinite(item: String, steered: Bool)

  public var description: String {
    switch self {
    case .textTooShort(let path, let tokens):
      "\(path) has \(tokens) tokens, too few for a perplexity; give a longer text"
    case .noTurns(let model):
      "the chat template of \(model) puts nothing after the user's text, so a chat has no answer to "
        + "score; give --format plain"
    case .windowTooSmall(let window, let needed):
      "windows of \(window) tokens leave no room for text beside the chat template; give --window "
        + "\(needed) or more, as far as the model's context reaches"
    case .noTemplateForSign(let model):
      "\(model) carries no chat template, in which s_q of a text is found; give the sign with "
        + "--sign +1 or --sign -1"
    case .noRoomForText(let id, let limit):
      "\(id) does not fit the model's context of \(limit) tokens, however short its text; take a "
        + "model with a longer context"
    case .noSubjects(let folder):
      "\(folder) holds no test/SUBJECT_test.csv; give the folder of MMLU that has dev and test in it"
    case .noSubject(let name, let folder, let found):
      "\(folder)/test has no \(name)_test.csv; name some of \(found.joined(separator: ", "))"
    case .noExamples(let subject, let path):
      "\(path) is missing, which holds the examples for \(subject); put it there, or leave the "
        + "subject out with --subjects"
    case .questionTooLong(let subject, let question, let limit):
      "question \(question) of \(subject) does not fit a context of \(limit) tokens even without "
        + "examples; take it out of the file, or take a model with a longer context"
    case .noLetterTokens(let model):
      "the tokenizer of \(model) does not tell A, B, C and D after \"Answer:\" apart by one token, so "
        + "MMLU cannot be asked of it; take another model"
    case .notFinite(let item, let steered):
      "the scores of \(item) are NaN or infinite\(steered ? " under steering" : ""); try "
        + "--precision f32\(steered ? ", or a smaller --alpha" : ", or verify the model file")"
    }
  }
}
