/// Why the logit lens could not be applied.
public enum LensError: Error, Equatable, Sendable, CustomStringConvertible {
  case notFinite(of: String)
  case notOneToken(text: String, pieces: [String])
  case noLastLayer(source: String, layer: Int)
  case notStored(path: String, layer: Int, stored: [Int])
  case noPosition(path: String, position: String)
  case notEveryToken(path: String, stored: [String])
  case otherWidth(path: String, dModel: Int, expected: Int)
  case layerBeyondModel(path: String, layer: Int, nLayers: Int)
  case noVectors(path: String, layers: [Int])

  public var description: String {
    switch self {
    case .notFinite(let place):
      "the scores of \(place) are NaN or infinite; verify the model and the file"
    case .notOneToken(let text, let pieces):
      "\(text.debugDescription) is not one token but \(pieces.count) ("
        + pieces.map(\.debugDescription).joined(separator: " ")
        + "); give --token a text that is one token, with its leading space"
    case .noLastLayer(let source, let layer):
      "\(source) has no resid_post of the last layer, \(layer), which the KL to the model's output "
        + "needs; dump that layer too, or give --no-kl"
    case .notStored(let path, let layer, let stored):
      "\(path) has no layer \(layer); it has \(stored.map(String.init).joined(separator: ", "))"
    case .noPosition(let path, let position):
      "\(path) holds every token but does not say which is \(position); "
        + "give --positions last or all"
    case .notEveryToken(let path, let stored):
      "\(path) does not hold every token; give --positions \(stored.joined(separator: ","))"
    case .otherWidth(let path, let dModel, let expected):
      "\(path) has vectors of \(dModel) numbers but the model's residual stream has \(expected); "
        + "give the model that they belong to"
    case .layerBeyondModel(let path, let layer, let nLayers):
      "\(path) has a vector of layer \(layer) but the model's layers are 0 to \(nLayers - 1); "
        + "give the model that it belongs to"
    case .noVectors(let path, let layers):
      "\(path) has none of the layers asked for; "
        + "it has \(layers.map(String.init).joined(separator: ", "))"
    }
  }
}
