/// The values that a call passes.
struct PassedArguments {
  var positional: [PythonValue] = []
  var keywords: [(name: String, value: PythonValue)] = []

  func keyword(_ name: String) -> PythonValue? {
    keywords.first { $0.name == name }?.value
  }

  /// The arguments without the first positional ones.
  func dropping(_ count: Int) -> PassedArguments {
    PassedArguments(positional: Array(positional.dropFirst(count)), keywords: keywords)
  }
}

extension TemplateInterpreter {
  /// The values of the arguments that a call writes down.
  func evaluate(_ written: WrittenArguments) throws(ChatTemplateError) -> PassedArguments {
    var arguments = PassedArguments()
    arguments.positional = try evaluate(written.positional)
    for keyword in written.keywords {
      arguments.keywords.append((keyword.name, try evaluate(keyword.value)))
    }
    if let spread = written.spreadList {
      arguments.positional += try elements(of: try evaluate(spread))
    }
    if let spread = written.spreadMapping {
      guard case .dictionary(let dictionary) = try evaluate(spread) else {
        throw failure("the value after '**' in a call is no mapping")
      }
      for entry in dictionary.entries {
        guard let name = entry.key.text?.string else {
          throw failure("a keyword of a call is no string")
        }
        arguments.keywords.append((name, entry.value))
      }
    }
    return try withoutDuplicates(arguments)
  }

  private func withoutDuplicates(_ arguments: PassedArguments) throws(ChatTemplateError)
    -> PassedArguments
  {
    var names: Set<String> = []
    for keyword in arguments.keywords where !names.insert(keyword.name).inserted {
      throw failure("the argument '\(keyword.name)' is given twice")
    }
    return arguments
  }

  /// The arguments in the order of `names`, `nil` where one is not given; `required` counts the
  /// leading ones that must be, and `positionalOnly` forbids keywords.
  func bind(
    _ arguments: PassedArguments, _ names: [String], required: Int = 0,
    positionalOnly: Bool = false,
    of callee: String
  ) throws(ChatTemplateError) -> [PythonValue?] {
    guard arguments.positional.count <= names.count else {
      throw failure("\(callee) takes at most \(names.count) arguments")
    }
    var values: [PythonValue?] = arguments.positional
    values += Array(repeating: nil, count: names.count - values.count)
    for keyword in arguments.keywords {
      let index = positionalOnly ? nil : names.firstIndex(of: keyword.name)
      guard let index, values[index].isMissing else {
        throw failure("\(callee) does not take the argument '\(keyword.name)' here")
      }
      values[index] = keyword.value
    }
    for index in 0..<required where values[index].isMissing {
      throw failure("\(callee) needs the argument '\(names[index])'")
    }
    return values
  }

  /// The whole number given as an argument, or a default when it is missing.
  func integer(
    _ value: PythonValue?, default standard: Int, of callee: String
  ) throws(ChatTemplateError) -> Int {
    guard let value else { return standard }
    guard let integer = value.integer else { throw wrongType("a whole number in \(callee)", value) }
    return integer
  }

  /// The string given as an argument.
  func text(_ value: PythonValue, of callee: String) throws(ChatTemplateError) -> PythonText {
    guard case .string(let text) = value else { throw wrongType("a string in \(callee)", value) }
    return text
  }

  /// The string given as an argument, or `nil` when it is missing or None.
  func optionalText(_ value: PythonValue?, of callee: String) throws(ChatTemplateError)
    -> PythonText?
  {
    guard let value else { return nil }
    if case .none = value { return nil }
    return try text(value, of: callee)
  }
}

extension Optional where Wrapped == PythonValue {
  /// Whether no argument was given.
  fileprivate var isMissing: Bool {
    if case nil = self { return true }
    return false
  }
}
