extension TemplateInterpreter {
  /// `str.format` with plain fields: `{}`, `{0}`, `{name}` and doubled braces.
  ///
  /// A field with an attribute, a conversion or a format specification is refused.
  func format(
    _ text: PythonText, _ arguments: PassedArguments
  ) throws(ChatTemplateError) -> PythonText {
    var result: [Unicode.Scalar] = []
    var index = 0
    var automatic = 0
    while index < text.count {
      let scalar = text.scalars[index]
      if scalar == "{" || scalar == "}", text.matches(PythonText([scalar, scalar]), at: index) {
        result.append(scalar)
        index += 2
      } else if scalar == "{" {
        guard let end = text.find("}", in: index..<text.count) else { throw unbalanced() }
        let field = PythonText(text.scalars[(index + 1)..<end])
        result += try string(of: try value(of: field, arguments, &automatic)).scalars
        try checkSize(result.count)
        index = end + 1
      } else {
        guard scalar != "}" else { throw unbalanced() }
        result.append(scalar)
        index += 1
      }
    }
    return PythonText(result)
  }

  /// The argument that a field names; fields without a name are numbered from 0.
  private func value(
    of field: PythonText, _ arguments: PassedArguments, _ automatic: inout Int
  ) throws(ChatTemplateError) -> PythonValue {
    let name = field.string
    if field.isEmpty {
      defer { automatic += 1 }
      return try positional(automatic, arguments)
    }
    if let number = Int(name), field.scalars.allSatisfy(\.isTemplateDigit) {
      guard automatic == 0 else { throw unsupported("'format' with numbered and plain fields") }
      return try positional(number, arguments)
    }
    guard field.scalars.allSatisfy({ $0.startsTemplateName || $0.isTemplateDigit }),
      field.scalars.first?.startsTemplateName == true
    else { throw unsupported("the field '{\(name)}' in 'format'") }
    guard let value = arguments.keyword(name) else {
      throw failure("'format' has no value for the field '{\(name)}'")
    }
    return value
  }

  private func positional(
    _ index: Int, _ arguments: PassedArguments
  ) throws(ChatTemplateError) -> PythonValue {
    guard index < arguments.positional.count else {
      throw failure("'format' has no value for field number \(index)")
    }
    return arguments.positional[index]
  }

  private func unbalanced() -> ChatTemplateError {
    failure("a text for 'format' has a single brace")
  }
}
