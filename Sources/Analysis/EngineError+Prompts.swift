import ModelLibrary
import SteeringEngine

extension EngineError {
  /// Names the prompt, and the token where one is meant, where the engine can only count them.
  ///
  /// `prompt` gives the id and the tokens of a sequence of the run.
  func naming(
    _ prompt: (_ sequence: Int) -> (id: String, tokens: [Int32]), _ texts: TokenTexts
  ) -> AnalysisError {
    switch self {
    case .nonFinite(let hook, let sequence, let position):
      let (id, tokens) = prompt(sequence)
      let token = position < tokens.count ? texts.text(of: Int(tokens[position])) : "generated"
      return .notFinite(hook: hook, promptID: id, position: position, token: token)
    case .noRoomForAnswer(let sequence, let tokens, let limit):
      return .noRoomForAnswer(id: prompt(sequence).id, tokens: tokens, limit: limit)
    default: return .engine(self)
    }
  }
}
