/// The texts of prompts by their ids, from whichever part of the files holds them.
struct PromptTexts {
  /// Per file, then over all files; an id with two texts has none.
  private var own: [String: [String: String?]] = [:]
  private var all: [String: String?] = [:]

  init(_ runs: [RunFile]) throws(FigureError) {
    for run in runs {
      for prompt in run.prompts { add(prompt.id, prompt.text, of: run.path) }
      if let tsne = try run.result(EmbeddingResult.group, EmbeddingResult.init) {
        add(tsne.ids, tsne.texts, of: run.path)
      }
      if let sweep = try run.result(SweepResult.group, SweepResult.init) {
        add(sweep.answers.ids, sweep.answers.texts, of: run.path)
      }
      if let steering = try run.result(SteeringResult.group, SteeringResult.init) {
        add(steering.ids, steering.texts, of: run.path)
      }
    }
  }

  /// The text of a prompt that a file names by id alone; nil where no file tells for sure.
  func text(of id: String, in path: String) -> String? {
    if let found = own[path]?[id] { return found }
    return all[id] ?? nil
  }

  private mutating func add(_ ids: [String], _ texts: [String], of path: String) {
    for (id, text) in zip(ids, texts) { add(id, text, of: path) }
  }

  private mutating func add(_ id: String, _ text: String, of path: String) {
    Self.add(id, text, to: &own[path, default: [:]])
    Self.add(id, text, to: &all)
  }

  private static func add(_ id: String, _ text: String, to texts: inout [String: String?]) {
    if let known = texts[id], known != text {
      texts[id] = .some(nil)
    } else {
      texts[id] = text
    }
  }
}
