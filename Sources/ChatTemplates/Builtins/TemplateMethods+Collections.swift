extension TemplateInterpreter {
  func call(
    _ name: String, of items: PythonItems, _ receiver: PythonValue, _ arguments: PassedArguments
  ) throws(ChatTemplateError) -> PythonValue {
    try charge(items.count)
    switch name {
    case "copy":
      _ = try bind(arguments, [], of: name)
      return receiver
    case "count":
      let values = try bind(arguments, ["value"], required: 1, positionalOnly: true, of: name)
      let wanted = values[0] ?? .none
      var count = 0
      for item in items.values where try areEqual(item, wanted) { count += 1 }
      return .int(count)
    case "index":
      guard arguments.positional.count <= 1 else { throw unsupported("'index' with bounds") }
      let values = try bind(arguments, ["value"], required: 1, positionalOnly: true, of: name)
      let wanted = values[0] ?? .none
      for (index, item) in items.values.enumerated() where try areEqual(item, wanted) {
        return .int(index)
      }
      throw failure("'index' does not find the value it looks for")
    default: throw unsupportedMethod(name, receiver)
    }
  }

  func call(
    _ name: String, of dictionary: PythonDictionary, _ arguments: PassedArguments
  ) throws(ChatTemplateError) -> PythonValue {
    if name == "get" {
      let values = try bind(
        arguments, ["key", "default"], required: 1, positionalOnly: true, of: name)
      return dictionary[try key(values[0] ?? .none)] ?? values[1] ?? .none
    }
    let results: [String: PythonValue] = [
      "keys": .view(PythonDictionaryView(kind: .keys, dictionary: dictionary)),
      "values": .view(PythonDictionaryView(kind: .values, dictionary: dictionary)),
      "items": .view(PythonDictionaryView(kind: .items, dictionary: dictionary)),
      "copy": .dictionary(dictionary),
    ]
    guard let result = results[name] else {
      throw unsupportedMethod(name, .dictionary(dictionary))
    }
    _ = try bind(arguments, [], of: name)
    return result
  }

  func call(
    _ name: String, of loop: LoopContext, _ arguments: PassedArguments
  ) throws(ChatTemplateError) -> PythonValue {
    guard arguments.keywords.isEmpty else { throw failure("'loop.\(name)' takes no keywords") }
    if name == "changed" { return .bool(try loop.changed(arguments.positional, areEqual)) }
    guard !arguments.positional.isEmpty else { throw failure("'loop.cycle' has nothing to cycle") }
    return arguments.positional[loop.index % arguments.positional.count]
  }
}
