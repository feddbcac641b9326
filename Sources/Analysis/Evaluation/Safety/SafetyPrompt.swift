import Foundation
import Prompts

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
  /// What was said before the text, where it is the last turn of a chat.
  public var earlier: [ChatTurn]

  public init(
    set: String, id: String, label: SafetyLabel, text: String, earlier: [ChatTurn] = []
  ) {
    self.set = set
    self.id = id
    self.label = label
    self.text = text
    self.earlier = earlier
  }

  /// The set's name and the id, unique among all prompts.
  public var fullID: String { "\(set):\(id)" }

  /// Equal for prompts that say the same but for case and the white space around them.
  var key: String { PromptDigest.key(text) }
}
