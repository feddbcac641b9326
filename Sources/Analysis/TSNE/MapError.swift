import ActivationStore
import TSNE

/// Why hidden states could not be embedded.
public enum MapError: Error, Sendable, CustomStringConvertible {
  case noPrompts(path: String)
  case sameLabels(String)
  case repeatedLayer(Int)
  case state(path: String, layer: Int, promptID: String, problem: String)
  case layer(path: String, layer: Int, TSNEError)
  case options(TSNEError)
  case interrupted
  case vectors(VectorError)
  case store(StoreError)

  public var description: String {
    switch self {
    case .noPrompts(let path): "\(path) has no prompts or no layers; dump some states first"
    case .sameLabels(let label): VectorError.sameLabels(label).description
    case .repeatedLayer(let layer): "layer \(layer) is named twice; name each layer once"
    case .state(let path, let layer, let promptID, let problem):
      "the state of prompt \(promptID) of \(path) at layer \(layer) \(problem)"
    case .layer(let path, let layer, let error): "\(path), layer \(layer): \(error)"
    case .options(let error): error.description
    case .interrupted: "interrupted"
    case .vectors(let error): error.description
    case .store(let error): error.description
    }
  }

  init(_ error: TSNEError, reader: ActivationReader, layer: Int) {
    func id(_ point: Int) -> String { reader.contents.prompts[point].id }
    switch error {
    case .interrupted: self = .interrupted
    case .notFinite(let point, let column, let value):
      self = .state(
        path: reader.path, layer: layer, promptID: id(point),
        problem: "has the number \(value) in place \(column); dump the states again")
    case .zeroPoint(let point):
      self = .state(
        path: reader.path, layer: layer, promptID: id(point),
        problem: "is zero, and a zero has no cosine; use --metric euclidean")
    case .perplexityTooSmall: self = .options(error)
    default: self = .layer(path: reader.path, layer: layer, error)
    }
  }
}
