/// What somebody says in a chat.
public struct ChatTurn: Sendable, Hashable, Codable {
  /// Who speaks, as chat templates know it: `system`, `user`, `assistant` or another name.
  public var role: String
  public var text: String

  public init(role: String, text: String) {
    (self.role, self.text) = (role, text)
  }
}

extension [ChatTurn] {
  /// The last thing that the user says, and what was said before it; nil where another than system,
  /// user and assistant speaks, the system later than first, or the user not at all.
  ///
  /// What comes after the user's last turn is an answer, which a model is to give itself.
  var request: (text: String, earlier: [ChatTurn])? {
    guard let last = lastIndex(where: { $0.role == "user" }) else { return nil }
    let speakers = enumerated().allSatisfy { index, turn in
      ["user", "assistant"].contains(turn.role) || (turn.role == "system" && index == 0)
    }
    let first = first?.role == "system" ? dropFirst().first : first
    guard speakers, first?.role == "user" else { return nil }
    return (self[last].text, Array(self[..<last]))
  }
}
