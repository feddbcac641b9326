import ActivationStore

/// Why a figure, a report or a notebook could not be made.
public enum FigureError: Error, Equatable, Sendable, CustomStringConvertible {
  case unknownExtension(path: String)
  /// The group cannot be drawn; the problem names the remedy.
  case nothingToDraw(path: String, group: String, problem: String)
  case unknownLayer(path: String, layer: Int, stored: [Int])
  case unknownPrompt(path: String, id: String, example: String)
  case unknownMetric(path: String, metric: String, stored: [String])
  case noRefusals(path: String)
  case noResults(path: String)
  case plotlyMissing(path: String)
  case drawing(operation: String, path: String, reason: String)
  case store(StoreError)

  public var description: String {
    switch self {
    case .unknownExtension(let path):
      "\(path) ends in none of .svg, .pdf and .png; end the name in the format that you want"
    case .nothingToDraw(let path, let group, let problem):
      "/\(group) of \(path) cannot be drawn: \(problem)"
    case .unknownLayer(let path, let layer, let stored):
      "\(path) has no layer \(layer); it has \(listed(stored))"
    case .unknownPrompt(let path, let id, let example):
      "\(path) has no prompt '\(id)' under the lens; its prompts have names such as '\(example)'"
    case .unknownMetric(let path, let metric, let stored):
      "/ablation of \(path) has no \(metric); it has \(stored.joined(separator: ", "))"
    case .noRefusals(let path):
      "\(path) has no answers that could be refusals; make some with `workbench steer -o` or "
        + "`workbench ablate`"
    case .noResults(let path):
      "\(path) has no results of an analysis; add some, e.g. with `workbench classify -o`"
    case .plotlyMissing(let path):
      "there is no plotting library at \(path), which the report carries inside; "
        + "put it there with `make plotly`"
    case .drawing(let operation, let path, let reason):
      "could not \(operation) \(path): \(reason)"
    case .store(let error): error.description
    }
  }
}

/// Ascending numbers, runs of them as a range: `0-9, 20`.
func listed(_ numbers: [Int]) -> String {
  var runs: [ClosedRange<Int>] = []
  for number in numbers {
    if let last = runs.last, last.upperBound + 1 == number {
      runs[runs.count - 1] = last.lowerBound...number
    } else {
      runs.append(number...number)
    }
  }
  return runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
    .joined(separator: ", ")
}
