/// Why a chat template could not be read or rendered.
///
/// Every case carries the name of the template (where it came from) and the 1-based line.
public enum ChatTemplateError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The source is not a well-formed template.
  case syntax(template: String, line: Int, problem: String)
  /// The template uses a part of the language that this renderer does not implement.
  case unsupported(template: String, line: Int, construct: String)
  /// An operation that Python refuses too: a wrong type, an undefined value, a bad argument.
  case evaluation(template: String, line: Int, problem: String)
  /// The template itself refused the conversation by calling `raise_exception`.
  case refused(template: String, line: Int, message: String)
  /// A bound that protects against runaway templates was reached.
  case limit(template: String, line: Int, bound: String)

  /// One sentence that names the template, the line, the problem and the remedy.
  public var description: String {
    switch self {
    case .syntax(let template, let line, let problem):
      return
        "Chat template \(template), line \(line): \(shortened(problem)); correct the template's source."
    case .unsupported(let template, let line, let construct):
      return
        "Chat template \(template), line \(line): \(shortened(construct)) is not supported here; "
        + "use a template without it, or pass prompts that are already rendered."
    case .evaluation(let template, let line, let problem):
      return "Chat template \(template), line \(line): \(shortened(problem)); "
        + "check the messages and the variables against what the template expects."
    case .refused(let template, let line, let message):
      return
        "Chat template \(template), line \(line), refuses this conversation: \"\(shortened(message))\"; "
        + "change the roles or the order of the messages."
    case .limit(let template, let line, let bound):
      return "Chat template \(template), line \(line): \(bound); "
        + "the template or its input is too large to render safely, so simplify it."
    }
  }
}

/// A text that a template made, cut short where it is long.
private func shortened(_ text: String) -> String {
  let most = 300
  guard text.unicodeScalars.count > most else { return text }
  return String(text.unicodeScalars.prefix(most)) + "…"
}
