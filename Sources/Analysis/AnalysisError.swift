import ActivationStore
import Checkpoints
import ModelLibrary
import Prompts
import SteeringEngine

/// Why an analysis could not be done.
public enum AnalysisError: Error, Sendable, CustomStringConvertible {
  case noHooks
  case layersWithoutBlocks([HookSite])
  case noSuchLayer(Int, nLayers: Int)
  case promptTooLong(id: String, tokens: Int, limit: Int)
  case prompt(id: String, ModelError)
  case noQueryEnd(model: String)
  case noRoomForAnswer(id: String, tokens: Int, limit: Int)
  case notFinite(hook: HookPoint, promptID: String, position: Int, token: String)
  case interrupted(path: String)
  case otherModel(path: String, made: String, given: String)
  case otherAdapters(path: String, made: String?, given: String?)
  case lens(LensError)
  case vectors(VectorError)
  case judge(JudgeError)
  case ablation(AblationError)
  case safety(SafetyError)
  case capability(CapabilityError)
  case prompts(PromptError)
  case model(ModelError)
  case engine(EngineError)
  case store(StoreError)
  case checkpoint(CheckpointError)
  /// A file of vectors that cannot be read or written as asked; the problem names the remedy.
  case vectorFile(path: String, problem: String)

  public var description: String {
    switch self {
    case .noHooks: "no hook point was asked for; name at least one with --hooks"
    case .layersWithoutBlocks(let sites):
      "--layers chooses among blocks, and none has \(sites.map(\.rawValue).joined(separator: " or "))"
        + "; leave --layers out, or ask for a hook of the blocks"
    case .noSuchLayer(let layer, let nLayers):
      "there is no layer \(layer): the model's layers are 0 to \(nLayers - 1); correct --layers"
    case .promptTooLong(let id, let tokens, let limit):
      "prompt \(id) has \(tokens) tokens but the model's context holds \(limit); "
        + "shorten it or take it out of the file"
    case .prompt(let id, let error): "prompt \(id): \(error)"
    case .noQueryEnd(let model):
      "the chat template of \(model) puts nothing after the user's text, so the query has no end "
        + "to steer from; use a model whose template marks it, or `workbench steer --raw`, which steers "
        + "from the last token of a text"
    case .noRoomForAnswer(let id, let tokens, let limit):
      "prompt \(id) fills the model's context of \(limit) with its \(tokens) tokens and leaves no "
        + "room for an answer; shorten it or take it out of the file"
    case .notFinite(let hook, let promptID, let position, let token):
      "\(hook) is NaN or infinite for prompt \(promptID) at token \(position) "
        + "(\(token.debugDescription)); try --precision f32, or verify the model file"
    case .interrupted(let path): "interrupted; \(path) was not written"
    case .otherModel(let path, let made, let given):
      "\(path) was made with other weights than \(given)'s; give --model \(made)"
    case .otherAdapters(let path, let made, let given):
      "\(path) was made with \(Self.named(made)), and the model has \(Self.named(given)); "
        + "give --adapter and --adapter-scale as they were then"
    case .lens(let error): error.description
    case .vectors(let error): error.description
    case .judge(let error): error.description
    case .ablation(let error): error.description
    case .safety(let error): error.description
    case .capability(let error): error.description
    case .prompts(let error): error.description
    case .model(let error): error.description
    case .engine(let error): error.description
    case .store(let error): error.description
    case .checkpoint(let error): error.description
    case .vectorFile(let path, let problem): "\(path): \(problem)"
    }
  }

  private static func named(_ adapters: String?) -> String {
    guard let adapters else { return "no adapter" }
    let lines = adapters.split(separator: "\n").map { line in
      line.ranges(of: " sha256 ").last.map { line[..<$0.lowerBound] } ?? line
    }
    return "the adapter " + lines.joined(separator: " and ")
  }
}

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
