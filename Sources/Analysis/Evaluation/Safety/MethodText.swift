import Foundation
import ModelLibrary
import StrictJSON

extension PromptFormat {
  /// The words of a prompting method from a file of the user's own.
  ///
  /// A file that ends in .json has the chat before the prompt, `[{"role": ..., "content": ...}]`: a
  /// system message, if any, then pairs of user and assistant. Any other file is a system text.
  public init(methodFile path: String) throws(SafetyError) {
    let text = try Self.methodText(path)
    guard path.lowercased().hasSuffix(".json") else {
      self.init(system: text)
      return
    }
    guard let messages = Self.messages(inJSON: text) else {
      throw .badMethodText(
        path: path,
        reason: "this is no list of messages in JSON; write "
          + "[{\"role\": \"user\", \"content\": \"...\"}, ...]")
    }
    let system = messages.first { $0.role == "system" }?.content
    let turns = messages.drop { $0.role == "system" }
    self.init(system: system)
    for (index, turn) in turns.enumerated() {
      guard turn.role == (index % 2 == 0 ? "user" : "assistant") else {
        throw .badMethodText(
          path: path,
          reason:
            "message \(index + 1 + messages.count - turns.count) is of \(turn.role); write one of "
            + "system at most, then user and assistant in turn")
      }
    }
    guard turns.count % 2 == 0, messages.count - turns.count < 2, !messages.isEmpty else {
      throw .badMethodText(
        path: path,
        reason: "the chat does not end with an answer; write one of system at most, then turns of "
          + "user and assistant in pairs")
    }
    let texts = turns.map(\.content)
    examples = stride(from: 0, to: texts.count, by: 2).map {
      ChatExchange(user: texts[$0], assistant: texts[$0 + 1])
    }
  }

  private static func messages(inJSON text: String) -> [(role: String, content: String)]? {
    guard let list = try? JSONValue(parsing: Array(text.utf8)[...]).elements else { return nil }
    var messages: [(role: String, content: String)] = []
    for element in list {
      guard let role = element["role"]?.string, let content = element["content"]?.string else {
        return nil
      }
      messages.append((role, content))
    }
    return messages
  }

  /// The text of a method's file, without white space around it.
  public static func methodText(_ path: String) throws(SafetyError) -> String {
    let text: String
    do { text = try String(contentsOfFile: path, encoding: .utf8) } catch {
      throw .badMethodText(
        path: path, reason: "the file cannot be read as UTF-8; check the path and its contents")
    }
    let stripped = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !stripped.isEmpty, !stripped.utf8.contains(0) else {
      throw .badMethodText(path: path, reason: "the file has no text; write the method's words")
    }
    return stripped
  }
}
