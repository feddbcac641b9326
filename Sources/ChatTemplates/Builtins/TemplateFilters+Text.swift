extension TemplateInterpreter {
  /// The filters that work on strings.
  func textFilter(
    _ name: String, _ value: PythonValue, _ arguments: PassedArguments
  ) throws(ChatTemplateError) -> PythonValue? {
    switch name {
    case "upper", "lower", "capitalize", "title", "wordcount":
      _ = try bind(arguments, [], of: name)
      return changed(try plainText(value, name), by: name)
    case "trim":
      let values = try bind(arguments, ["chars"], of: name)
      let text = try plainText(value, name)
      return .string(strip(text, .both, try optionalText(values[0], of: name)))
    case "replace":
      let values = try bind(arguments, ["old", "new", "count"], required: 2, of: name)
      let old = try string(of: values[0] ?? .none)
      let new = try string(of: values[1] ?? .none)
      var count = -1
      if let limit = values[2], case .none = limit {
      } else {
        count = try integer(values[2], default: -1, of: name)
      }
      return .string(try replace(try string(of: value), old, new, count))
    case "indent": return .string(try indented(value, arguments))
    default: return nil
    }
  }

  private func changed(_ text: PythonText, by name: String) -> PythonValue {
    switch name {
    case "upper": return .string(text.uppercased)
    case "lower": return .string(text.lowercased)
    case "capitalize": return .string(text.capitalized)
    case "title": return .string(wordsTitled(text))
    default: return .int(wordCount(text))
    }
  }

  /// The text of a value that is no marked string.
  private func plainText(_ value: PythonValue, _ name: String) throws(ChatTemplateError)
    -> PythonText
  {
    if case .markup = value { throw wrongType("the filter '\(name)'", value) }
    return try string(of: value)
  }

  /// Jinja's own `title`: words start after whitespace, hyphens and opening brackets only.
  private func wordsTitled(_ text: PythonText) -> PythonText {
    var result: [Unicode.Scalar] = []
    var word: [Unicode.Scalar] = []
    func flush() {
      guard let first = word.first else { return }
      result +=
        PythonText([first]).uppercased.scalars + PythonText(word.dropFirst()).lowercased.scalars
      word = []
    }
    for scalar in text.scalars {
      if scalar.isPythonSpace || ["-", "(", "{", "[", "<"].contains(scalar) {
        flush()
        result.append(scalar)
      } else {
        word.append(scalar)
      }
    }
    flush()
    return PythonText(result)
  }

  private func wordCount(_ text: PythonText) -> Int {
    var count = 0
    var isInside = false
    for scalar in text.scalars {
      let isWord = scalar == "_" || scalar.isPythonAlphanumeric
      if isWord, !isInside { count += 1 }
      isInside = isWord
    }
    return count
  }

  private func indented(
    _ value: PythonValue, _ arguments: PassedArguments
  ) throws(ChatTemplateError) -> PythonText {
    let values = try bind(arguments, ["width", "first", "blank"], of: "indent")
    let indentation: PythonText
    if case .string(let text)? = values[0] {
      indentation = text
    } else {
      let width = try integer(values[0], default: 4, of: "indent")
      try checkSize(width)
      indentation = PythonText(Array(repeating: " ", count: max(width, 0)))
    }
    let isFirstIndented = values[1]?.isTrue ?? false
    let areBlanksIndented = values[2]?.isTrue ?? false
    let lines = (try text(value, of: "the filter 'indent'") + "\n").lines()
    var parts: [PythonText] = []
    for (index, line) in lines.enumerated() {
      let isIndented = index == 0 ? isFirstIndented : areBlanksIndented || !line.isEmpty
      parts.append(isIndented ? indentation + line : line)
    }
    return try joined(parts, separator: "\n")
  }
}
