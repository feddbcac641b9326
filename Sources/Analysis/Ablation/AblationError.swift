/// Why a sweep over layers could not be done.
public enum AblationError: Error, Equatable, Sendable, CustomStringConvertible {
  case malformedWindows(list: String)
  case repeatedWindow(list: String)
  case windowBeyondModel(String, nLayers: Int)
  case emptySegment(LayerSegment, nLayers: Int)
  case noVectors(AblationPoint.Mode)
  case noRefusalToken(opening: String)
  case notFinite(point: AblationPoint?, prompt: String)
  case otherSettings(path: String, setting: String, stored: String, given: String)

  public var description: String {
    switch self {
    case .malformedWindows(let list):
      "--windows \"\(list)\" names no windows of layers; give \(LayerWindow.grammar)"
    case .repeatedWindow(let list):
      "--windows \"\(list)\" names a window twice; name it once"
    case .windowBeyondModel(let window, let nLayers):
      "--windows \"\(window)\" reaches beyond the model, whose layers are 0 to \(nLayers - 1)"
    case .emptySegment(let segment, let nLayers):
      "a model of \(nLayers) layers is too shallow to have a \(segment) segment; name its layers"
    case .noVectors(let mode):
      "the mode \(mode.rawValue) needs refusal vectors; give --vectors a file from "
        + "`workbench vectors`"
    case .noRefusalToken(let opening):
      "the refusal opening \"\(opening)\" has no token of its own; give --refusal-opening a text"
    case .notFinite(let point, let prompt):
      "the scores of prompt \(prompt) are NaN or infinite"
        + (point.map { " under \($0.mode.rawValue) of layers \($0.window)" } ?? "")
        + "; try --precision f32, or a smaller --alpha"
    case .otherSettings(let path, let setting, let stored, let given):
      "\(path) holds a sweep with another \(setting) (\(stored), not \(given)); repeat its command "
        + "to go on, or begin anew with --force"
    }
  }
}
