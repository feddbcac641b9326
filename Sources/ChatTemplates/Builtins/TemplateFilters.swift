extension TemplateInterpreter {
  /// Applies the filter with this name, unless it is one that is not supported.
  func filter(
    _ name: String, _ value: PythonValue, _ arguments: PassedArguments, at line: Int? = nil
  ) throws(ChatTemplateError) -> PythonValue {
    self.line = line ?? self.line
    try charge((count(of: value) ?? 0) / 16)
    let families = [
      textFilter, conversionFilter, sequenceFilter, selectionFilter, orderingFilter, numberFilter,
    ]
    for family in families {
      if let result = try family(name, value, arguments) { return try checked(result) }
    }
    throw unsupported("the filter '\(name)'")
  }

  /// The filters that leave a value's kind to the value or turn it into text.
  private func conversionFilter(
    _ name: String, _ value: PythonValue, _ arguments: PassedArguments
  ) throws(ChatTemplateError) -> PythonValue? {
    switch name {
    case "default", "d":
      let values = try bind(arguments, ["default_value", "boolean"], of: name)
      var isMissing = (values[1]?.isTrue ?? false) && !value.isTrue
      if case .undefined = value { isMissing = true }
      return isMissing ? values[0] ?? .string("") : value
    case "string":
      _ = try bind(arguments, [], of: name)
      if case .markup = value { return value }
      return .string(try string(of: value))
    case "tojson": return .string(try json(value, try jsonLayout(arguments)))
    case "safe":
      _ = try bind(arguments, [], of: name)
      return .markup(try string(of: value))
    case "escape", "e":
      _ = try bind(arguments, [], of: name)
      if case .markup = value { return value }
      return .markup(escaped(try string(of: value)))
    case "forceescape":
      _ = try bind(arguments, [], of: name)
      return .markup(escaped(try string(of: value)))
    default: return nil
    }
  }

  /// The text of a string for a marked one to be joined with: escaped unless it is marked itself.
  func escaped(_ value: PythonValue) -> PythonText {
    if case .markup(let text) = value { return text }
    return escaped(value.text ?? "")
  }

  private func escaped(_ text: PythonText) -> PythonText {
    var result: [Unicode.Scalar] = []
    for scalar in text.scalars {
      switch scalar {
      case "&": result += PythonText("&amp;").scalars
      case "<": result += PythonText("&lt;").scalars
      case ">": result += PythonText("&gt;").scalars
      case "'": result += PythonText("&#39;").scalars
      case "\"": result += PythonText("&#34;").scalars
      default: result.append(scalar)
      }
    }
    return PythonText(result)
  }

  /// The arguments of `json.dumps` that Hugging Face's `tojson` passes on.
  private func jsonLayout(_ arguments: PassedArguments) throws(ChatTemplateError)
    -> TemplateJSONLayout
  {
    let values = try bind(
      arguments, ["ensure_ascii", "indent", "separators", "sort_keys"], of: "tojson")
    var layout = TemplateJSONLayout()
    layout.ensureASCII = values[0]?.isTrue ?? false
    layout.sortsKeys = values[3]?.isTrue ?? false
    if let width = values[1]?.integer {
      try checkSize(width)
      layout.indent = PythonText(Array(repeating: " ", count: max(width, 0)))
    } else {
      layout.indent = try optionalText(values[1], of: "the indent of tojson")
    }
    if layout.indent != nil { layout.itemSeparator = "," }
    guard let separators = values[2] else { return layout }
    if case .none = separators { return layout }
    let parts = try elements(of: separators)
    guard parts.count == 2 else { throw failure("tojson needs two separators") }
    layout.itemSeparator = try text(parts[0], of: "the separators of tojson")
    layout.keySeparator = try text(parts[1], of: "the separators of tojson")
    return layout
  }
}
