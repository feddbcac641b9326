/// Builds statements from tokens.
struct TemplateParser {
  /// How deeply expressions and blocks may nest.
  static let maximumDepth = 50

  let template: String
  private let tokens: [TemplateToken]
  private var index = 0
  /// How many scopes were numbered so far.
  private(set) var frameCount = 0
  var depth = 0
  /// Whether `break` and `continue` have a loop to act on.
  var isInsideLoop = false

  init(source: String, template: String) throws(ChatTemplateError) {
    self.template = template
    self.tokens = try TemplateLexer.tokens(of: source, template: template)
  }

  /// The statements of the whole template.
  mutating func parseTemplate() throws(ChatTemplateError) -> TemplateBlock {
    let frame = newFrame()
    return TemplateBlock(statements: try parseBody(until: []), frame: frame)
  }

  mutating func newFrame() -> Int {
    frameCount += 1
    return frameCount - 1
  }

  /// Statements up to one of the end tags, whose name is left as the current token.
  mutating func parseBody(until ends: [String]) throws(ChatTemplateError) -> [TemplateStatement] {
    try enter()
    defer { depth -= 1 }
    let opened = line
    var statements: [TemplateStatement] = []
    while current != .end {
      let line = line
      switch current {
      case .text(let text):
        advance()
        statements.append(TemplateStatement(kind: .text(text), line: line))
      case .outputBegin:
        advance()
        let expression = try parseTuple()
        try expect(.outputEnd)
        statements.append(TemplateStatement(kind: .output([expression]), line: line))
      default:
        try expect(.statementBegin)
        if case .name(let name) = current, ends.contains(name) { return statements }
        statements.append(try parseStatement())
        try expect(.statementEnd)
      }
    }
    guard ends.isEmpty else {
      let wanted = ends.map { "'\($0)'" }.joined(separator: " or ")
      throw failure("a block that opens here is never closed with \(wanted)", at: opened)
    }
    return statements
  }

  /// A block's statements after its opening tag, up to an end tag.
  mutating func parseBlockBody(until ends: [String]) throws(ChatTemplateError)
    -> [TemplateStatement]
  {
    skip(.symbol(.colon))
    try expect(.statementEnd)
    return try parseBody(until: ends)
  }

  /// A block with a scope of its own, its end tag consumed.
  mutating func parseScopedBlock(until end: String) throws(ChatTemplateError) -> TemplateBlock {
    let frame = newFrame()
    let statements = try parseBlockBody(until: [end])
    advance()
    return TemplateBlock(statements: statements, frame: frame)
  }
}

extension TemplateParser {
  var current: TemplateToken.Kind { tokens[index].kind }
  var line: Int { tokens[index].line }
  var next: TemplateToken.Kind { tokens[min(index + 1, tokens.count - 1)].kind }

  mutating func advance() {
    if index + 1 < tokens.count { index += 1 }
  }

  /// Consumes the token if it is the current one.
  @discardableResult
  mutating func skip(_ kind: TemplateToken.Kind) -> Bool {
    guard current == kind else { return false }
    advance()
    return true
  }

  mutating func expect(_ kind: TemplateToken.Kind) throws(ChatTemplateError) {
    guard skip(kind) else {
      let wanted = TemplateToken(kind: kind, line: 0).description
      throw failure("\(wanted) was expected but \(tokens[index].description) was found")
    }
  }

  mutating func expectName() throws(ChatTemplateError) -> String {
    guard case .name(let name) = current else {
      throw failure("a name was expected but \(tokens[index].description) was found")
    }
    advance()
    return name
  }

  func unexpected() -> ChatTemplateError {
    failure("\(tokens[index].description) was not expected")
  }

  func failure(_ problem: String, at line: Int? = nil) -> ChatTemplateError {
    .syntax(template: template, line: line ?? self.line, problem: problem)
  }

  func unsupported(_ construct: String) -> ChatTemplateError {
    .unsupported(template: template, line: line, construct: construct)
  }

  /// Goes one level deeper, and refuses what could exhaust the stack.
  mutating func enter() throws(ChatTemplateError) {
    depth += 1
    try checkDepth(depth)
  }

  func checkDepth(_ depth: Int) throws(ChatTemplateError) {
    guard depth <= TemplateParser.maximumDepth else {
      let bound = "expressions or blocks nest deeper than \(TemplateParser.maximumDepth) levels"
      throw .limit(template: template, line: line, bound: bound)
    }
  }
}
