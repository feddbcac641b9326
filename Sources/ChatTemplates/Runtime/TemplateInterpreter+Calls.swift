extension TemplateInterpreter {
  /// Calls a macro, a built-in function or a method.
  func call(
    _ callee: PythonValue, _ arguments: PassedArguments, at line: Int? = nil
  ) throws(ChatTemplateError) -> PythonValue {
    self.line = line ?? self.line
    switch callee {
    case .macro(let macro): return .string(try call(macro, arguments))
    case .function(let function):
      let result =
        function.receiver == nil
        ? try callGlobal(function.name, arguments)
        : try callMethod(function, arguments)
      return try checked(result)
    default: throw wrongType("a call", callee)
    }
  }

  /// What a macro's body prints for the given arguments.
  func call(_ macro: TemplateMacro, _ arguments: PassedArguments) throws(ChatTemplateError)
    -> PythonText
  {
    let definition = macro.definition
    let inner = enterScope(definition.body.frame, parent: macro.scope)
    keepUntilEnd(inner)
    try bind(arguments, to: definition, in: inner)
    return try inside(inner) { () throws(ChatTemplateError) in
      for parameter in definition.parameters where inner.isUnset(parameter.name) {
        guard let value = parameter.defaultValue else {
          let explanation = "the parameter '\(parameter.name)' was not provided"
          inner[parameter.name] = .undefined(UndefinedValue(explanation))
          continue
        }
        inner[parameter.name] = try evaluate(value)
      }
      return try capture { () throws(ChatTemplateError) in
        try execute(definition.body.statements)
      }.text
    }
  }

  /// Gives a macro's parameters their values: first those in order, then those by name.
  private func bind(
    _ arguments: PassedArguments, to definition: MacroDefinition, in scope: TemplateScope
  ) throws(ChatTemplateError) {
    let names = definition.parameters.map(\.name)
    let special = definition.specialParameters
    for (name, value) in zip(names, arguments.positional) { scope[name] = value }
    var keywords = arguments.keywords
    for name in names.dropFirst(arguments.positional.count) {
      guard let index = keywords.firstIndex(where: { $0.name == name }) else { continue }
      scope[name] = keywords.remove(at: index).value
    }
    if special.contains("caller") {
      let index = keywords.firstIndex { $0.name == "caller" }
      let given = index.map { keywords.remove(at: $0).value }
      scope["caller"] = given ?? .undefined(UndefinedValue("no caller is defined"))
    }
    if special.contains("kwargs") {
      var dictionary = PythonDictionary()
      for keyword in keywords { dictionary.set(keyword.name, to: keyword.value) }
      scope["kwargs"] = try checked(.dictionary(dictionary))
    } else if let unknown = keywords.first {
      throw failure("the macro '\(definition.name)' takes no argument '\(unknown.name)'")
    }
    let extra = Array(arguments.positional.dropFirst(names.count))
    if special.contains("varargs") {
      scope["varargs"] = try checked(.tuple(extra))
    } else if !extra.isEmpty {
      throw failure("the macro '\(definition.name)' takes at most \(names.count) arguments")
    }
  }
}
