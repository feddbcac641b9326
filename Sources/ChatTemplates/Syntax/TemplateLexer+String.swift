extension TemplateLexer {
  /// Reads a string literal and resolves its escapes as Python does.
  mutating func readString(quote: Unicode.Scalar) throws(ChatTemplateError) {
    var end = position + 1
    while end < source.count, source.scalars[end] != quote {
      end += source.scalars[end] == "\\" ? 2 : 1
    }
    guard end < source.count else { throw failure("a string is never closed") }
    let body = PythonText(source.scalars[(position + 1)..<end])
    add(.string(try unescaped(body)))
    advance(to: end + 1)
  }

  private func unescaped(_ body: PythonText) throws(ChatTemplateError) -> PythonText {
    var result: [Unicode.Scalar] = []
    var index = 0
    while index < body.count {
      let scalar = body.scalars[index]
      index += 1
      guard scalar == "\\", index < body.count else {
        result.append(scalar)
        continue
      }
      result += try escape(in: body, at: &index)
    }
    return PythonText(result)
  }

  /// The scalars that the escape after a backslash stands for; moves past it.
  private func escape(
    in body: PythonText, at index: inout Int
  ) throws(ChatTemplateError) -> [Unicode.Scalar] {
    let scalar = body.scalars[index]
    index += 1
    if let simple = TemplateLexer.simpleEscapes[scalar] { return simple }
    switch scalar {
    case "x": return [try hexadecimal(in: body, at: &index, width: 2)]
    case "u": return [try hexadecimal(in: body, at: &index, width: 4)]
    case "U": return [try hexadecimal(in: body, at: &index, width: 8)]
    case "0"..."7": return [try octal(in: body, at: &index)]
    case "N": throw unsupportedEscape("\\N")
    default: return ["\\"] + TemplateLexer.afterUnknownEscape(scalar)
    }
  }

  private static let simpleEscapes: [Unicode.Scalar: [Unicode.Scalar]] = [
    "\n": [], "\\": ["\\"], "'": ["'"], "\"": ["\""], "a": ["\u{7}"], "b": ["\u{8}"],
    "f": ["\u{C}"], "n": ["\n"], "r": ["\r"], "t": ["\t"], "v": ["\u{B}"],
  ]

  /// Jinja writes non-ASCII scalars as escapes before it resolves escapes, so a backslash in
  /// front of one leaves the escape's text.
  private static func afterUnknownEscape(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    guard !scalar.isASCII else { return [scalar] }
    let width = scalar.value < 0x100 ? 2 : scalar.value < 0x10000 ? 4 : 8
    let digits = String(scalar.value, radix: 16)
    let prefix = width == 2 ? "x" : width == 4 ? "u" : "U"
    let padding = String(repeating: "0", count: width - digits.count)
    return Array((prefix + padding + digits).unicodeScalars)
  }

  private func hexadecimal(
    in body: PythonText, at index: inout Int, width: Int
  ) throws(ChatTemplateError) -> Unicode.Scalar {
    let digits = body.scalars[index..<min(index + width, body.count)]
    guard digits.count == width, digits.allSatisfy(\.properties.isASCIIHexDigit),
      let value = UInt32(PythonText(digits).string, radix: 16)
    else { throw failure("a \\x, \\u or \\U escape lacks digits") }
    index += width
    guard let scalar = Unicode.Scalar(value) else {
      throw unsupportedEscape("the code point \(String(value, radix: 16)) in")
    }
    return scalar
  }

  private func octal(
    in body: PythonText, at index: inout Int
  ) throws(ChatTemplateError) -> Unicode.Scalar {
    var value: UInt32 = 0
    let start = index - 1
    index = start
    while index < min(start + 3, body.count), ("0"..."7").contains(body.scalars[index]) {
      value = value * 8 + body.scalars[index].value - 0x30
      index += 1
    }
    guard let scalar = Unicode.Scalar(value) else { throw failure("an octal escape is too large") }
    return scalar
  }

  private func unsupportedEscape(_ what: String) -> ChatTemplateError {
    .unsupported(template: template, line: line, construct: "\(what) a string escape")
  }
}
