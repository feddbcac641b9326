extension TemplateLexer {
  /// Reads the tokens inside a tag up to its closing delimiter.
  mutating func readExpression(until closing: TemplateToken.Kind) throws(ChatTemplateError) {
    var expected: [TemplateSymbol] = []
    let opened = line
    while position < source.count {
      if expected.isEmpty, finishesTag(closing) { return }
      try readToken(&expected)
    }
    let what = closing == .outputEnd ? "'{{' is never closed with '}}'" : "'{%' lacks its '%}'"
    throw failure(what, at: opened)
  }

  private mutating func finishesTag(_ closing: TemplateToken.Kind) -> Bool {
    let isOutput = closing == .outputEnd
    let delimiter: PythonText = isOutput ? "}}" : "%}"
    let scalar = source.scalars[position]
    let isSign = scalar == "-" || (scalar == "+" && !isOutput)
    let start = position + (isSign ? 1 : 0)
    guard source.matches(delimiter, at: start) else { return false }
    add(closing)
    if isOutput {
      finishOutput(at: start, trims: isSign)
    } else {
      finishTag(at: start, sign: isSign ? scalar : nil)
    }
    return true
  }

  private mutating func readToken(_ expected: inout [TemplateSymbol]) throws(ChatTemplateError) {
    let scalar = source.scalars[position]
    if scalar.isPythonSpace {
      advance(to: position + 1)
    } else if scalar.isTemplateDigit {
      try readNumber()
    } else if scalar.startsTemplateName {
      readName()
    } else if scalar == "'" || scalar == "\"" {
      try readString(quote: scalar)
    } else {
      try readSymbol(&expected)
    }
  }

  private mutating func readName() {
    var end = position
    while end < source.count,
      source.scalars[end].startsTemplateName || source.scalars[end].isTemplateDigit
    {
      end += 1
    }
    add(.name(PythonText(source.scalars[position..<end]).string))
    position = end
  }

  private mutating func readSymbol(_ expected: inout [TemplateSymbol]) throws(ChatTemplateError) {
    let candidates = TemplateSymbol.allCases.first {
      source.matches(PythonText($0.rawValue), at: position)
    }
    guard let symbol = candidates else {
      throw failure("the character '\(source.scalars[position])' has no place in an expression")
    }
    if let closing = symbol.closing {
      expected.append(closing)
    } else if symbol.isClosing, expected.popLast() != symbol {
      throw failure("'\(symbol.rawValue)' closes no bracket that is open")
    }
    add(.symbol(symbol))
    position += symbol.rawValue.utf8.count
  }

  private mutating func readNumber() throws(ChatTemplateError) {
    let followsDot = position > 0 && source.scalars[position - 1] == "."
    if !followsDot, let end = endOfFloat() {
      guard let value = Double(digits(position..<end)) else {
        throw failure("'\(digits(position..<end))' is not a number")
      }
      add(.float(value))
      position = end
      return
    }
    let (end, radix) = endOfInteger()
    let written = digits(position..<end)
    guard let value = Int(radix == 10 ? written : String(written.dropFirst(2)), radix: radix) else {
      throw ChatTemplateError.unsupported(
        template: template, line: line, construct: "the integer \(written), wider than 64 bits,")
    }
    add(.integer(value))
    position = end
  }

  /// The characters of a number without its underscores.
  private func digits(_ range: Range<Int>) -> String {
    PythonText(source.scalars[range].filter { $0 != "_" }).string
  }

  /// The end of a run of digits in which single underscores may separate digits.
  private func endOfDigits(
    _ start: Int, where isTemplateDigit: (Unicode.Scalar) -> Bool = \.isTemplateDigit
  ) -> Int {
    var end = start
    while end < source.count {
      if isTemplateDigit(source.scalars[end]) {
        end += 1
      } else if source.scalars[end] == "_", end > start, end + 1 < source.count,
        isTemplateDigit(source.scalars[end + 1])
      {
        end += 2
      } else {
        break
      }
    }
    return end
  }

  /// The end of a number with a fraction or an exponent, if there is one here.
  private func endOfFloat() -> Int? {
    let whole = endOfDigits(position)
    var end = whole
    if source.matches(".", at: end) {
      let fraction = endOfDigits(end + 1)
      if fraction > end + 1 { end = fraction }
    }
    if source.matches("e", at: end) || source.matches("E", at: end) {
      let hasSign = source.matches("+", at: end + 1) || source.matches("-", at: end + 1)
      let start = end + (hasSign ? 2 : 1)
      let exponent = endOfDigits(start)
      if exponent > start { end = exponent }
    }
    return end > whole ? end : nil
  }

  private func endOfInteger() -> (end: Int, radix: Int) {
    let prefixes: [(PythonText, Int)] = [("0b", 2), ("0o", 8), ("0x", 16)]
    for (prefix, radix) in prefixes {
      let upper = prefix.uppercased
      guard source.matches(prefix, at: position) || source.matches(upper, at: position) else {
        continue
      }
      let isTemplateDigit = { (scalar: Unicode.Scalar) in Int(String(scalar), radix: radix) != nil }
      var start = position + 2
      if source.matches("_", at: start) { start += 1 }
      let end = endOfDigits(start, where: isTemplateDigit)
      if end > start { return (end, radix) }
    }
    guard source.scalars[position] == "0" else { return (endOfDigits(position), 10) }
    return (endOfDigits(position) { $0 == "0" }, 10)
  }
}

extension Unicode.Scalar {
  /// Whether the scalar is one of `0` to `9`.
  var isTemplateDigit: Bool { ("0"..."9").contains(self) }

  /// Whether an identifier can start with the scalar.
  var startsTemplateName: Bool {
    ("a"..."z").contains(self) || ("A"..."Z").contains(self) || self == "_"
  }
}
