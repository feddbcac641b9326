/// A chat template: the program, in Jinja's language, that turns a conversation into the text a
/// model was trained on.
///
/// Renders what Hugging Face's `apply_chat_template` renders (jinja2 in its immutable sandbox with
/// `trim_blocks` and `lstrip_blocks`, and the `generation`, `break` and `continue` statements).
/// A construct that this renderer does not know is an error, never a guess.
public struct ChatTemplate: Sendable {
  /// Where the template came from, for error messages.
  public let name: String
  private let body: TemplateBlock
  private let frames: [[String: InitialBinding]]

  /// Reads a template's source; `name` says where it came from.
  public init(_ source: String, name: String) throws(ChatTemplateError) {
    var parser = try TemplateParser(source: source, template: name)
    self.name = name
    body = try parser.parseTemplate()
    frames = TemplateScopeAnalysis.frames(of: body, count: parser.frameCount)
  }

  /// The prompt for a conversation.
  ///
  /// The template sees `messages`, `add_generation_prompt`, `tools` and `documents` (None), the
  /// tokens that are given, and `extra`, which takes precedence over all of them. A token that is
  /// `nil` is undefined in the template.
  public func render(
    messages: [ChatMessage], addGenerationPrompt: Bool, bosToken: String?, eosToken: String?,
    extra: [String: TemplateValue] = [:], clock: TemplateClock = .now
  ) throws(ChatTemplateError) -> String {
    var variables: [String: TemplateValue] = [
      "messages": .array(messages.map(\.value)),
      "add_generation_prompt": .bool(addGenerationPrompt),
      "tools": .none,
      "documents": .none,
    ]
    variables["bos_token"] = bosToken.map { .string($0) }
    variables["eos_token"] = eosToken.map { .string($0) }
    variables.merge(extra) { _, given in given }
    return try render(variables: variables, clock: clock)
  }

  /// The text that the template makes of exactly these variables.
  public func render(
    variables: [String: TemplateValue], clock: TemplateClock = .now
  ) throws(ChatTemplateError) -> String {
    var context: [String: PythonValue] = [:]
    for name in TemplateInterpreter.globalNames {
      context[name] = .function(TemplateFunction(name))
    }
    for (variable, value) in variables {
      context[variable] = try value.python(template: name, depth: 0)
    }
    let interpreter = TemplateInterpreter(
      template: name, frames: frames, context: context, clock: clock)
    return try interpreter.render(body).string
  }
}

extension ChatMessage {
  fileprivate var value: TemplateValue {
    .object([.init("role", .string(role)), .init("content", .string(content))])
  }
}

extension TemplateValue {
  /// The value that a running template works with.
  fileprivate func python(template: String, depth: Int) throws(ChatTemplateError) -> PythonValue {
    guard depth < TemplateInterpreter.maximumValueDepth else {
      let bound = "a variable nests deeper than \(TemplateInterpreter.maximumValueDepth) levels"
      throw .limit(template: template, line: 1, bound: bound)
    }
    switch self {
    case .none: return .none
    case .bool(let bool): return .bool(bool)
    case .int(let int): return .int(int)
    case .float(let float): return .float(float)
    case .string(let string): return .string(string)
    case .array(let elements):
      var values: [PythonValue] = []
      for element in elements {
        values.append(try element.python(template: template, depth: depth + 1))
      }
      return .list(values)
    case .object(let entries):
      var dictionary = PythonDictionary()
      for entry in entries {
        dictionary.set(entry.key, to: try entry.value.python(template: template, depth: depth + 1))
      }
      return .dictionary(dictionary)
    }
  }
}
