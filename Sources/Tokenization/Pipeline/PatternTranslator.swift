/// Writes Oniguruma's expressions, as Hugging Face's files hold them, for PCRE2.
///
/// Only what both read alike is let through. Letters, numbers and white space are spelled out, since
/// they differ with the versions of Unicode (see `CharacterClass`).
struct PatternTranslator {
  /// Properties that are named alike and whose characters change little between versions.
  private static let sharedProperties: Set<String> = [
    "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "P", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf",
    "Po", "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "Cc", "Cf", "Co", "Han", "Hiragana",
    "Katakana", "Hangul", "Thai",
  ]
  private static let groups = ["(?:", "(?i:", "(?=", "(?!", "(?<=", "(?<!", "(?>"]

  private let scalars: [Unicode.Scalar]
  private var position = 0
  private var result = ""
  private let source: String

  private init(_ pattern: String, source: String) {
    scalars = Array(pattern.unicodeScalars)
    self.source = source
  }

  /// `pattern` for PCRE2; `source` names the file in messages.
  static func translate(_ pattern: String, source: String) throws(TokenizerError) -> String {
    var translator = PatternTranslator(pattern, source: source)
    while let scalar = translator.next() { try translator.translate(scalar) }
    return translator.result
  }

  private func unsupported(_ part: String) -> TokenizerError {
    let pattern = String(String.UnicodeScalarView(scalars))
    return .unsupportedComponent(
      "\(part) in the expression '\(printable(Array(pattern.utf8)))'", source: source)
  }

  private mutating func next() -> Unicode.Scalar? {
    guard position < scalars.count else { return nil }
    position += 1
    return scalars[position - 1]
  }

  private func upcoming(_ text: String) -> Bool {
    scalars[position...].starts(with: text.unicodeScalars)
  }

  private mutating func append(_ scalar: Unicode.Scalar) {
    result.unicodeScalars.append(scalar)
  }

  private mutating func translate(_ scalar: Unicode.Scalar) throws(TokenizerError) {
    switch scalar {
    case "\\": try translateEscape(inClass: false)
    case "[": try translateClass()
    case "(": try translateGroup()
    case "{": try translateRepetition()
    case "^", "$": throw unsupported("'\(scalar)'")
    default: append(scalar)
    }
  }

  private mutating func translateGroup() throws(TokenizerError) {
    position -= 1
    guard let group = upcoming("(?") ? Self.groups.first(where: upcoming) : "(" else {
      throw unsupported("a group of an unknown kind")
    }
    position += group.unicodeScalars.count
    result += group
  }

  private mutating func translateRepetition() throws(TokenizerError) {
    let end = scalars[position...].firstIndex(of: "}") ?? scalars.count
    let parts = scalars[position..<end].split(separator: ",", omittingEmptySubsequences: false)
    let isNumbered = parts.enumerated().allSatisfy { index, part in
      part.allSatisfy { ("0"..."9").contains($0) } && (index > 0 || !part.isEmpty)
    }
    guard end < scalars.count, (1...2).contains(parts.count), isNumbered else {
      throw unsupported("a brace that is no repetition")
    }
    result += "{" + String(String.UnicodeScalarView(scalars[position..<end])) + "}"
    position = end + 1
    // After a brace a plus repeats again in Oniguruma and forbids going back in PCRE2.
    if upcoming("+") { throw unsupported("a repetition of a repetition") }
  }

  private mutating func translateClass() throws(TokenizerError) {
    append("[")
    if upcoming("^") {
      append("^")
      position += 1
    }
    if upcoming("]") { throw unsupported("a class that begins with ']'") }
    while let scalar = next() {
      switch scalar {
      case "]":
        append("]")
        return
      case "\\": try translateEscape(inClass: true)
      case "[": throw unsupported("a class inside a class")
      case "&" where upcoming("&"): throw unsupported("an intersection of classes")
      default: append(scalar)
      }
    }
    throw unsupported("a class without end")
  }

  private mutating func translateEscape(inClass: Bool) throws(TokenizerError) {
    guard let scalar = next() else { throw unsupported("a backslash at the end") }
    switch scalar {
    case "s": result += inClass ? CharacterClass.whitespace : "[\(CharacterClass.whitespace)]"
    case "S" where !inClass: result += "[^\(CharacterClass.whitespace)]"
    case "p", "P": try translateProperty(isNegated: scalar == "P", inClass: inClass)
    case "u": try translateCodePoint()
    case "r", "n", "t", "f", "v": result += "\\\(scalar)"
    case _ where scalar.isASCII && !scalar.properties.isAlphabetic && !("0"..."9").contains(scalar):
      result += "\\\(scalar)"
    default: throw unsupported("'\\\(scalar)'")
    }
  }

  private mutating func translateProperty(
    isNegated: Bool, inClass: Bool
  ) throws(TokenizerError) {
    guard upcoming("{"), let end = scalars[position...].firstIndex(of: "}") else {
      throw unsupported("a property without braces")
    }
    let name = String(String.UnicodeScalarView(scalars[position + 1..<end]))
    position = end + 1
    let members: String? =
      switch name {
      case "L": CharacterClass.letter
      case "N": CharacterClass.number
      default: Self.sharedProperties.contains(name) ? "\\p{\(name)}" : nil
      }
    guard let members, !(isNegated && inClass) else {
      throw unsupported("the property \\\(isNegated ? "P" : "p"){\(name)}")
    }
    result += inClass ? members : "[\(isNegated ? "^" : "")\(members)]"
  }

  private mutating func translateCodePoint() throws(TokenizerError) {
    let digits = String(String.UnicodeScalarView(scalars[position...].prefix(4)))
    guard digits.unicodeScalars.count == 4, UInt32(digits, radix: 16) != nil else {
      throw unsupported("a code point without four digits")
    }
    position += 4
    result += "\\x{\(digits)}"
  }
}

extension TextPattern {
  /// Compiles an expression of a Hugging Face file.
  static func expression(
    _ pattern: String, source: String
  ) throws(TokenizerError) -> TextPattern {
    let translated = try PatternTranslator.translate(pattern, source: source)
    let compiled = try WordPattern(translated, isAnchored: false, name: pattern)
    guard !compiled.matchesEmptyText else {
      throw .unsupportedComponent(
        "the expression '\(printable(Array(pattern.utf8)))', which matches nothing at all,",
        source: source)
    }
    return .expression(compiled)
  }
}
