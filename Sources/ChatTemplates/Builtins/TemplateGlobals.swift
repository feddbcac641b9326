extension TemplateInterpreter {
  /// The names of the functions that every template can call.
  static let globalNames = [
    "range", "dict", "namespace", "raise_exception", "strftime_now", "lipsum", "cycler", "joiner",
  ]

  /// The most numbers that Jinja's sandbox lets a range have.
  private static let maximumRange = 100_000

  func callGlobal(
    _ name: String, _ arguments: PassedArguments
  ) throws(ChatTemplateError) -> PythonValue {
    switch name {
    case "range": return .range(try range(arguments))
    case "dict": return .dictionary(try dictionary(arguments))
    case "namespace":
      let namespace = TemplateNamespace()
      for entry in try dictionary(arguments).entries {
        guard let attribute = entry.key.text?.string else {
          throw unsupported("a namespace attribute that is no string")
        }
        try set(attribute, of: namespace, to: entry.value)
      }
      return .namespace(namespace)
    case "raise_exception":
      let values = try bind(arguments, ["message"], required: 1, of: name)
      let message = try string(of: values[0] ?? .none).string
      throw .refused(template: template, line: line, message: message)
    case "strftime_now":
      let values = try bind(arguments, ["format"], required: 1, of: name)
      return .string(try clock.formatted(try text(values[0] ?? .none, of: name), self))
    default: throw unsupported("the function '\(name)'")
    }
  }

  private func range(_ arguments: PassedArguments) throws(ChatTemplateError) -> PythonRange {
    let values = try bind(
      arguments, ["start", "stop", "step"], required: 1, positionalOnly: true, of: "range")
    var bounds: [Int] = []
    for value in values.compactMap({ $0 }) {
      bounds.append(try integer(value, default: 0, of: "range"))
    }
    let isSingle = bounds.count == 1
    let start = isSingle ? 0 : bounds[0]
    let step = bounds.count == 3 ? bounds[2] : 1
    guard let range = PythonRange(start: start, stop: bounds[isSingle ? 0 : 1], step: step) else {
      throw failure("a range has a step of zero or bounds that are too far apart")
    }
    guard range.count <= TemplateInterpreter.maximumRange else {
      throw limit("a range has more than \(TemplateInterpreter.maximumRange) numbers")
    }
    return range
  }

  /// What Python's `dict` makes of its arguments.
  private func dictionary(_ arguments: PassedArguments) throws(ChatTemplateError)
    -> PythonDictionary
  {
    guard arguments.positional.count <= 1 else { throw failure("a dict takes one value at most") }
    var dictionary = PythonDictionary()
    if let source = arguments.positional.first {
      if case .dictionary(let other) = source {
        dictionary = other
      } else {
        for pair in try elements(of: source) {
          let values = try elements(of: pair)
          guard values.count == 2 else { throw failure("an entry of a dict is no pair") }
          dictionary.set(values[0], hashed: try key(values[0]), to: values[1])
        }
      }
    }
    for keyword in arguments.keywords { dictionary.set(keyword.name, to: keyword.value) }
    return dictionary
  }
}
