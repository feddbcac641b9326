/// How `tojson` lays out its result.
struct TemplateJSONLayout {
  var ensureASCII = false
  var indent: PythonText?
  var itemSeparator: PythonText = ", "
  var keySeparator: PythonText = ": "
  var sortsKeys = false
}

extension TemplateInterpreter {
  /// What Python's `json.dumps` writes.
  func json(_ value: PythonValue, _ layout: TemplateJSONLayout) throws(ChatTemplateError)
    -> PythonText
  {
    var result: [Unicode.Scalar] = []
    try writeJSON(value, layout, level: 0, into: &result)
    return PythonText(result)
  }

  private func writeJSON(
    _ value: PythonValue, _ layout: TemplateJSONLayout, level: Int,
    into result: inout [Unicode.Scalar]
  ) throws(ChatTemplateError) {
    try charge(1)
    switch value {
    case .string(let text), .markup(let text):
      TemplateInterpreter.writeJSON(text, ensureASCII: layout.ensureASCII, into: &result)
    case .list(let items), .tuple(let items):
      try writeJSON(items.values, layout, level: level, into: &result)
    case .dictionary(let dictionary):
      try writeJSON(dictionary, layout, level: level, into: &result)
    default:
      guard let scalar = TemplateInterpreter.jsonScalar(value) else {
        throw failure("a value of type \(value.typeName) has no JSON form")
      }
      result += PythonText(scalar).scalars
    }
    try checkSize(result.count)
  }

  private static func jsonScalar(_ value: PythonValue) -> String? {
    switch value {
    case .none: return "null"
    case .bool(let bool): return bool ? "true" : "false"
    case .int(let int): return String(int)
    case .float(let float) where float.isNaN: return "NaN"
    case .float(let float) where float.isInfinite: return float < 0 ? "-Infinity" : "Infinity"
    case .float(let float): return representation(of: float)
    default: return nil
    }
  }

  private func writeJSON(
    _ values: [PythonValue], _ layout: TemplateJSONLayout, level: Int,
    into result: inout [Unicode.Scalar]
  ) throws(ChatTemplateError) {
    result.append("[")
    for (index, value) in values.enumerated() {
      if index > 0 { result += layout.itemSeparator.scalars }
      breakLine(layout, level + 1, into: &result)
      try writeJSON(value, layout, level: level + 1, into: &result)
    }
    if !values.isEmpty { breakLine(layout, level, into: &result) }
    result.append("]")
  }

  private func writeJSON(
    _ dictionary: PythonDictionary, _ layout: TemplateJSONLayout, level: Int,
    into result: inout [Unicode.Scalar]
  ) throws(ChatTemplateError) {
    var entries = dictionary.entries
    if layout.sortsKeys {
      entries = try sorted(entries, isReversed: false, key: \.key)
    }
    result.append("{")
    for (index, entry) in entries.enumerated() {
      if index > 0 { result += layout.itemSeparator.scalars }
      breakLine(layout, level + 1, into: &result)
      guard
        let key = entry.key.text
          ?? TemplateInterpreter.jsonScalar(entry.key).map({ PythonText($0) })
      else {
        throw failure("a key of type \(entry.key.typeName) has no JSON form")
      }
      TemplateInterpreter.writeJSON(key, ensureASCII: layout.ensureASCII, into: &result)
      result += layout.keySeparator.scalars
      try writeJSON(entry.value, layout, level: level + 1, into: &result)
    }
    if !entries.isEmpty { breakLine(layout, level, into: &result) }
    result.append("}")
  }

  private func breakLine(
    _ layout: TemplateJSONLayout, _ level: Int, into result: inout [Unicode.Scalar]
  ) {
    guard let indent = layout.indent else { return }
    result.append("\n")
    for _ in 0..<level { result += indent.scalars }
  }

  private static func writeJSON(
    _ text: PythonText, ensureASCII: Bool, into result: inout [Unicode.Scalar]
  ) {
    result.append("\"")
    for scalar in text.scalars {
      switch scalar {
      case "\"", "\\": result += ["\\", scalar]
      case "\n": result += ["\\", "n"]
      case "\r": result += ["\\", "r"]
      case "\t": result += ["\\", "t"]
      case "\u{8}": result += ["\\", "b"]
      case "\u{C}": result += ["\\", "f"]
      case _ where scalar.value < 0x20 || (ensureASCII && scalar.value > 0x7E):
        for unit in String(scalar).utf16 {
          let digits = String(unit, radix: 16)
          let padding = String(repeating: "0", count: 4 - digits.count)
          result += PythonText("\\u" + padding + digits).scalars
        }
      default: result.append(scalar)
      }
    }
    result.append("\"")
  }
}
