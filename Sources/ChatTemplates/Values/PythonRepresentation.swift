extension TemplateInterpreter {
  /// Python's `str` of a value.
  func string(of value: PythonValue) throws(ChatTemplateError) -> PythonText {
    switch value {
    case .undefined: return ""
    case .string(let text), .markup(let text): return text
    default: return try representation(of: value)
    }
  }

  /// Python's `repr` of a value.
  func representation(of value: PythonValue) throws(ChatTemplateError) -> PythonText {
    var result: [Unicode.Scalar] = []
    try represent(value, into: &result)
    return PythonText(result)
  }

  private func represent(
    _ value: PythonValue, into result: inout [Unicode.Scalar]
  ) throws(ChatTemplateError) {
    try charge(1)
    switch value {
    case .undefined: result += PythonText("Undefined").scalars
    case .none: result += PythonText("None").scalars
    case .bool(let bool): result += PythonText(bool ? "True" : "False").scalars
    case .int(let int): result += PythonText(String(int)).scalars
    case .float(let float):
      result += PythonText(TemplateInterpreter.representation(of: float)).scalars
    case .string(let text): result += TemplateInterpreter.quoted(text)
    case .list(let items):
      try represent(items.values, "[", "]", into: &result)
    case .tuple(let items):
      try represent(items.values, "(", items.count == 1 ? ",)" : ")", into: &result)
    case .dictionary(let dictionary): try represent(dictionary, into: &result)
    case .view(let view):
      try represent(view.values, PythonText("\(view.kind.rawValue)(["), "])", into: &result)
    case .range(let range):
      let step = range.step == 1 ? "" : ", \(range.step)"
      result += PythonText("range(\(range.start), \(range.stop)\(step))").scalars
    case .markup, .iterator, .namespace, .loop, .macro, .function:
      throw unsupported("printing a \(value.typeName)")
    }
    try checkSize(result.count)
  }

  private func represent(
    _ values: [PythonValue], _ opening: PythonText, _ closing: PythonText,
    into result: inout [Unicode.Scalar]
  ) throws(ChatTemplateError) {
    result += opening.scalars
    for (index, value) in values.enumerated() {
      if index > 0 { result += [",", " "] }
      try represent(value, into: &result)
    }
    result += closing.scalars
  }

  private func represent(
    _ dictionary: PythonDictionary, into result: inout [Unicode.Scalar]
  ) throws(ChatTemplateError) {
    result.append("{")
    for (index, entry) in dictionary.entries.enumerated() {
      if index > 0 { result += [",", " "] }
      try represent(entry.key, into: &result)
      result += [":", " "]
      try represent(entry.value, into: &result)
    }
    result.append("}")
  }

  /// A string literal as Python writes it: double quotes only around a lone single quote.
  private static func quoted(_ text: PythonText) -> [Unicode.Scalar] {
    let hasSingle = text.scalars.contains("'")
    let quote: Unicode.Scalar = hasSingle && !text.scalars.contains("\"") ? "\"" : "'"
    var result: [Unicode.Scalar] = [quote]
    for scalar in text.scalars { result += escaped(scalar, quote: quote) }
    result.append(quote)
    return result
  }

  private static func escaped(
    _ scalar: Unicode.Scalar, quote: Unicode.Scalar
  ) -> [Unicode.Scalar] {
    switch scalar {
    case quote, "\\": return ["\\", scalar]
    case "\n": return ["\\", "n"]
    case "\r": return ["\\", "r"]
    case "\t": return ["\\", "t"]
    case _ where scalar.isPythonPrintable: return [scalar]
    default:
      let width = scalar.value < 0x100 ? 2 : scalar.value < 0x10000 ? 4 : 8
      let digits = String(scalar.value, radix: 16)
      let prefix = width == 2 ? "\\x" : width == 4 ? "\\u" : "\\U"
      let padding = String(repeating: "0", count: width - digits.count)
      return Array((prefix + padding + digits).unicodeScalars)
    }
  }

  /// Python's shortest text for a double: an exponent below 1e-4 and from 1e16 on.
  static func representation(of value: Double) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    let sign = value.sign == .minus ? "-" : ""
    let (digits, exponent) = decimal(value.magnitude)
    if exponent < -4 || exponent >= 16 {
      let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
      let power = String(exponent.magnitude)
      let padded = power.count < 2 ? "0" + power : power
      return "\(sign)\(digits.prefix(1))\(fraction)e\(exponent < 0 ? "-" : "+")\(padded)"
    }
    if exponent < 0 {
      return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits
    }
    let whole = digits.prefix(exponent + 1)
    let zeros = String(repeating: "0", count: exponent + 1 - whole.count)
    let fraction = digits.dropFirst(exponent + 1)
    return sign + whole + zeros + "." + (fraction.isEmpty ? "0" : fraction)
  }

  /// The shortest digits that name a finite value of at least zero, and the first one's exponent.
  private static func decimal(_ value: Double) -> (digits: String, exponent: Int) {
    let parts = value.description.lowercased().split(separator: "e")
    let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    let whole = mantissa[0].drop { $0 == "0" }
    let fraction = mantissa.count > 1 ? String(mantissa[1]) : ""
    var exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    var digits = whole + fraction
    exponent += whole.count - 1
    let leading = digits.prefix { $0 == "0" }.count
    if leading == digits.count { return ("0", 0) }
    digits = digits.dropFirst(leading)
    exponent -= leading
    while digits.last == "0" { digits.removeLast() }
    return (String(digits), exponent)
  }
}
