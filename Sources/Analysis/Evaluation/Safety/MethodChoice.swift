import ModelLibrary

/// A method to evaluate beside Default, which is always there.
public enum MethodChoice: Hashable, Sendable {
  /// The chat template with texts before the prompt.
  case prompted(name: String, PromptFormat)
  /// Self-CD with a safety text.
  case selfContrast(safetyText: String)
  /// SCANS with what a profile says.
  case steered(ScansProfile)

  /// What the method is called in tables and files.
  public var name: String {
    switch self {
    case .prompted(let name, _): name
    case .selfContrast: "self-cd"
    case .steered(let profile): profile.rawValue
    }
  }

  /// Whether it needs refusal vectors.
  public var isSteered: Bool {
    if case .steered = self { true } else { false }
  }

  /// The answers to generate: for a steered method both signs in every trial, by its vectors and by each
  /// of `controls` sets of random directions.
  func columns(trials: Int, controls: Int) -> [AnswerColumn] {
    guard isSteered else { return [AnswerColumn(method: name)] }
    return ([nil] + (0..<controls).map { $0 + 1 }).flatMap { control in
      (0..<trials).flatMap { trial in
        [1, -1].map { AnswerColumn(method: name, trial: trial, sign: $0, control: control) }
      }
    }
  }
}

extension PromptFormat {
  /// The texts before a prompt, one after another.
  var written: String {
    let turns = examples.flatMap { ["user: \($0.user)", "assistant: \($0.assistant)"] }
    return ((system.map { ["system: \($0)"] } ?? []) + turns).joined(separator: "\n")
  }
}
