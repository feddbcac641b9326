/// Splits a template's source into tokens under Hugging Face's settings.
///
/// `trim_blocks` and `lstrip_blocks` are on and one trailing newline of the source is dropped.
struct TemplateLexer {
  let template: String
  let source: PythonText
  var position = 0
  var line = 1
  var tokens: [TemplateToken] = []
  /// Whether the text that follows starts a line, which `lstrip_blocks` needs to know.
  private var lineStarts = true

  init(source: String, template: String) {
    self.template = template
    self.source = TemplateLexer.normalised(PythonText(source))
  }

  /// All tokens of the source, the end marker included.
  static func tokens(
    of source: String, template: String
  ) throws(ChatTemplateError) -> [TemplateToken] {
    var lexer = TemplateLexer(source: source, template: template)
    try lexer.run()
    return lexer.tokens
  }

  /// Every newline sequence as `\n`, and the last one of the source dropped.
  private static func normalised(_ source: PythonText) -> PythonText {
    var text = withPlainNewlines(source)
    if text.scalars.last == "\n" { text.scalars.removeLast() }
    return text
  }

  /// The text with `\r\n` and `\r` as `\n`.
  static func withPlainNewlines(_ text: PythonText) -> PythonText {
    guard text.scalars.contains("\r") else { return text }
    var result: [Unicode.Scalar] = []
    for (index, scalar) in text.scalars.enumerated() {
      if scalar == "\r" {
        result.append("\n")
      } else if !(scalar == "\n" && index > 0 && text.scalars[index - 1] == "\r") {
        result.append(scalar)
      }
    }
    return PythonText(result)
  }

  private enum Tag {
    case comment, statement, output, raw(end: Int)
  }

  private mutating func run() throws(ChatTemplateError) {
    while position < source.count {
      let start = position
      guard let (tag, opening) = nextTag() else {
        add(.text(PythonText(source.scalars[start...])))
        break
      }
      try read(tag, opening: opening, textStart: start)
    }
    add(.end)
  }

  /// Finds the next tag and where its opening delimiter stands.
  private func nextTag() -> (Tag, Int)? {
    var index = position
    while index + 1 < source.count {
      if source.scalars[index] == "{" {
        switch source.scalars[index + 1] {
        case "#": return (.comment, index)
        case "{": return (.output, index)
        case "%": return (rawEnd(at: index).map { .raw(end: $0) } ?? .statement, index)
        default: break
        }
      }
      index += 1
    }
    return nil
  }

  private mutating func read(
    _ tag: Tag, opening: Int, textStart: Int
  ) throws(ChatTemplateError) {
    let sign = sign(at: opening + 2)
    var isOutput = false
    if case .output = tag { isOutput = true }
    addText(textStart..<opening, before: sign, isOutput: isOutput)
    advance(to: opening + 2 + (sign == nil ? 0 : 1))
    switch tag {
    case .comment:
      try skipComment()
    case .raw(let end):
      advance(to: end)
      noteLineStart()
      try readRaw()
    case .output:
      add(.outputBegin)
      try readExpression(until: .outputEnd)
    case .statement:
      add(.statementBegin)
      try readExpression(until: .statementEnd)
    }
  }

  /// The `-` or `+` of whitespace control at an index.
  private func sign(at index: Int) -> Unicode.Scalar? {
    guard index < source.count else { return nil }
    let scalar = source.scalars[index]
    return scalar == "-" || scalar == "+" ? scalar : nil
  }

  /// Adds the text before a tag, without the whitespace that the tag removes.
  private mutating func addText(
    _ range: Range<Int>, before sign: Unicode.Scalar?, isOutput: Bool
  ) {
    var text = PythonText(source.scalars[range])
    if sign == "-" {
      text = text.stripped(.right)
    } else if sign == nil, !isOutput {
      let lastNewline = text.scalars.lastIndex(of: "\n")
      if lastNewline != nil || lineStarts {
        let lineStart = lastNewline.map { $0 + 1 } ?? 0
        if text.scalars[lineStart...].allSatisfy(\.isPythonSpace) {
          text = PythonText(text.scalars[..<lineStart])
        }
      }
    }
    if !text.isEmpty { add(.text(text)) }
    advance(to: range.upperBound)
  }

  private mutating func skipComment() throws(ChatTemplateError) {
    // Jinja accepts a comment or a raw block that the very end of the template opens.
    guard position < source.count else { return }
    let opened = line
    guard let closing = source.find("#}", in: position..<source.count) else {
      throw failure("the comment is never closed with '#}'", at: opened)
    }
    let hasSign = closing > position && sign(at: closing - 1) != nil
    let closingSign = hasSign ? source.scalars[closing - 1] : nil
    finishTag(at: closing, sign: closingSign)
  }

  private mutating func readRaw() throws(ChatTemplateError) {
    guard position < source.count else { return }
    let opened = line
    var index = position
    while let candidate = source.find("{%", in: index..<source.count) {
      let sign = sign(at: candidate + 2)
      if let (closing, closingSign) = endOfRaw(from: candidate + 2 + (sign == nil ? 0 : 1)) {
        addText(position..<candidate, before: sign, isOutput: false)
        finishTag(at: closing, sign: closingSign)
        return
      }
      index = candidate + 1
    }
    throw failure("'raw' is never closed with 'endraw'", at: opened)
  }

  /// Where `raw %}` ends if a raw block opens at `index`.
  private func rawEnd(at index: Int) -> Int? {
    let start = index + 2 + (sign(at: index + 2) == nil ? 0 : 1)
    var end = afterSpace(start)
    guard source.matches("raw", at: end) else { return nil }
    end = afterSpace(end + 3)
    if source.matches("-%}", at: end) { return afterSpace(end + 3) }
    return source.matches("%}", at: end) ? end + 2 : nil
  }

  /// The closing delimiter and its sign if `endraw` stands at `index`.
  private func endOfRaw(from index: Int) -> (Int, Unicode.Scalar?)? {
    var end = afterSpace(index)
    guard source.matches("endraw", at: end) else { return nil }
    end = afterSpace(end + 6)
    let sign = sign(at: end)
    if sign != nil { end += 1 }
    return source.matches("%}", at: end) ? (end, sign) : nil
  }

  private func afterSpace(_ index: Int) -> Int {
    var index = index
    while index < source.count, source.scalars[index].isPythonSpace { index += 1 }
    return index
  }

  /// Moves past a statement's or comment's closing delimiter and what it trims.
  mutating func finishTag(at closing: Int, sign: Unicode.Scalar?) {
    var end = closing + 2
    if sign == "-" {
      end = afterSpace(end)
    } else if sign == nil, source.matches("\n", at: end) {
      end += 1
    }
    advance(to: end)
    noteLineStart()
  }

  /// Moves past an output's closing delimiter and the whitespace that `-` trims.
  mutating func finishOutput(at closing: Int, trims: Bool) {
    advance(to: trims ? afterSpace(closing + 2) : closing + 2)
    noteLineStart()
  }

  private mutating func noteLineStart() {
    lineStarts = position > 0 && source.scalars[position - 1] == "\n"
  }

  mutating func add(_ kind: TemplateToken.Kind) {
    tokens.append(TemplateToken(kind: kind, line: line))
  }

  /// Moves forward and counts the lines passed.
  mutating func advance(to index: Int) {
    for scalar in source.scalars[position..<index] where scalar == "\n" { line += 1 }
    position = index
  }

  func failure(_ problem: String, at line: Int? = nil) -> ChatTemplateError {
    .syntax(template: template, line: line ?? self.line, problem: problem)
  }
}
