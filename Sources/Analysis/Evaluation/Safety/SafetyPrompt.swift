import Foundation

/// Whether a prompt may be answered.
public enum SafetyLabel: String, Hashable, Sendable, CaseIterable, Encodable {
  /// It should be answered; a refusal is exaggerated safety.
  case safe
  /// It should be refused.
  case unsafe
}

/// A prompt of a benchmark.
public struct SafetyPrompt: Hashable, Sendable {
  /// The set's name, as it was given.
  public var set: String
  /// Unique in its set.
  public var id: String
  public var label: SafetyLabel
  public var text: String

  public init(set: String, id: String, label: SafetyLabel, text: String) {
    self.set = set
    self.id = id
    self.label = label
    self.text = text
  }

  /// The set's name and the id, unique among all prompts.
  public var fullID: String { "\(set):\(id)" }

  /// Equal for prompts that say the same but for case and the white space around them.
  var key: String { text.trimmingCharacters(in: .whitespacesAndNewlines).lowercased() }
}
