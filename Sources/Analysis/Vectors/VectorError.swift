import ActivationStore
import ModelLibrary

/// Why vectors could not be made, read or used.
public enum VectorError: Error, Sendable, CustomStringConvertible {
  case noLabel(source: String, label: String, found: [String])
  case sameLabels(String)
  case tooFewAnchors(source: String, label: String, wanted: Int, found: Int)
  case unequalPairs(source: String, unsafeCount: Int, safeCount: Int)
  case zeroVector(source: String, layer: Int)
  case unusableAlpha(Double)
  case noSteeredLayers
  case zeroTransition(source: String, promptID: String, layer: Int)
  case noTransitions(source: String)
  case otherWidth(path: String, width: Int, given: StoredModel)
  case beyondModel(path: String, layer: Int, given: StoredModel)
  case otherModel(path: String, made: String, given: String)
  case otherAdapters(path: String, made: String, given: String)
  case noHarmDirections(path: String)
  case noSuchLayer(path: String, layer: Int, stored: [Int])
  case noResidualNorms(path: String)
  case noProbe(path: String, classifier: String)
  case unusableStates(source: String, layer: Int, reason: String)
  case noAnchorCosines(path: String)
  case inseparableAnchors(path: String)
  case model(ModelError)
  case store(StoreError)

  public var description: String {
    switch self {
    case .noLabel(let source, let label, let found):
      "no prompt of \(source) is labelled '\(label)'"
        + (found.isEmpty ? " or anything else" : " but \(Self.listed(found))")
        + "; give prompts with labels, or name them with --unsafe-label and --safe-label"
    case .sameLabels(let label):
      "--unsafe-label and --safe-label are both '\(label)'; name two labels"
    case .tooFewAnchors(let source, let label, let wanted, let found):
      "\(source) has \(found) prompts labelled '\(label)', and \(wanted) anchors were asked for; "
        + "lower --anchors or add prompts"
    case .unequalPairs(let source, let unsafeCount, let safeCount):
      "\(source) has \(unsafeCount) unsafe and \(safeCount) safe prompts, which cannot be paired; "
        + "draw equally many with --anchors \(min(unsafeCount, safeCount))"
    case .unusableAlpha(let alpha):
      "alpha is \(alpha), which nothing can be multiplied by; give --alpha a finite number"
    case .noSteeredLayers: "no layer is left to steer; name some with --layers"
    case .zeroVector(let source, let layer):
      "the unsafe and safe anchors of \(source) have the same mean at layer \(layer), so there is "
        + "no direction; give other prompts or leave the layer out"
    case .zeroTransition(let source, let promptID, let layer):
      "the states of prompt \(promptID) of \(source) at layer \(layer) are the same at query-end "
        + "and last, so its transition has no direction; leave the prompt or the layer out"
    case .noTransitions(let source):
      "\(source) has no response after the query end, so there are no transitions; dump the states "
        + "with --positions query-end,last --response Sure"
    case .otherWidth(let path, let width, let given):
      "the vectors of \(path) have \(width) numbers, and \(given.name) has a d_model of "
        + "\(given.dModel); give vectors of this model"
    case .beyondModel(let path, let layer, let given):
      "\(path) has a vector at layer \(layer), and \(given.name) has layers 0 to "
        + "\(given.nLayers - 1); give vectors of this model"
    case .otherModel(let path, let made, let given):
      "\(path) was made with other weights (\(made)) than these (\(given)); make vectors with this "
        + "model, or pass --allow-other-model"
    case .otherAdapters(let path, let made, let given):
      "\(path) was made with \(made), and the model here has \(given); make vectors with this "
        + "model, or pass --allow-other-model"
    case .noHarmDirections(let path):
      "\(path) has no d_harm, since its states held no response; make the vectors from states with "
        + "--positions query-end,last --response Sure"
    case .noSuchLayer(let path, let layer, let stored):
      "\(path) has no vector at layer \(layer); it has \(Self.listed(stored))"
    case .noProbe(let path, let classifier):
      "\(path) has no \(classifier), which `workbench vectors` makes of two prompts or more of each "
        + "label with --response Sure; make the vectors again, or give --classifier cosine"
    case .unusableStates(let source, let layer, let reason):
      "the states of \(source) at layer \(layer) cannot be told apart, since \(reason)"
    case .noResidualNorms(let path):
      "\(path) does not say how long the residual stream is at its layers, so --alpha cannot be a "
        + "share of it; make the vectors again with `workbench vectors`, or give --alpha without n"
    case .noAnchorCosines(let path):
      "\(path) has no cosines of anchors to calibrate a threshold with; give one, such as "
        + "--threshold 0.75"
    case .inseparableAnchors(let path):
      "all anchors of \(path) have the same score, so none tells them apart; give a threshold, such "
        + "as --threshold 0.75"
    case .model(let error): error.description
    case .store(let error): error.description
    }
  }

  private static func listed(_ names: [String]) -> String {
    let shown = names.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
    return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
  }

  /// Ascending layers, runs of them as a range: `0-9, 20`.
  private static func listed(_ layers: [Int]) -> String {
    var runs: [ClosedRange<Int>] = []
    for layer in layers {
      if let last = runs.last, last.upperBound + 1 == layer {
        runs[runs.count - 1] = last.lowerBound...layer
      } else {
        runs.append(layer...layer)
      }
    }
    return runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      .joined(separator: ", ")
  }
}
