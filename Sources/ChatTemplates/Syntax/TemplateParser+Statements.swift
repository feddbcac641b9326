extension TemplateParser {
  /// One statement, from its tag name up to (not including) the end of its last tag.
  mutating func parseStatement() throws(ChatTemplateError) -> TemplateStatement {
    let line = line
    let name = try expectName()
    return TemplateStatement(kind: try parseStatement(named: name), line: line)
  }

  private mutating func parseStatement(
    named name: String
  ) throws(ChatTemplateError) -> TemplateStatement.Kind {
    switch name {
    case "for": return try parseFor()
    case "if": return try parseIf()
    case "set": return try parseSet()
    case "with": return try parseWith()
    case "macro": return try parseMacro()
    case "call": return try parseCallBlock()
    case "filter": return try parseFilterBlock()
    case "print": return .output(try parsePrint())
    case "generation": return .generation(try parseHandedBody(until: "endgeneration"))
    case "break", "continue": return try parseLoopControl(name)
    case "block", "extends", "include", "import", "from", "autoescape":
      throw unsupported("the statement '\(name)'")
    default:
      throw failure("'\(name)' is not a statement that can stand here")
    }
  }

  private mutating func parseLoopControl(
    _ name: String
  ) throws(ChatTemplateError) -> TemplateStatement.Kind {
    guard isInsideLoop else { throw failure("'\(name)' stands outside a loop") }
    return name == "break" ? .breakLoop : .continueLoop
  }

  private mutating func parseIf() throws(ChatTemplateError) -> TemplateStatement.Kind {
    var branches: [(test: TemplateExpression, body: [TemplateStatement])] = []
    while true {
      let test = try parseTuple(allowsConditional: false)
      let body = try parseBlockBody(until: ["elif", "else", "endif"])
      branches.append((test, body))
      let end = try expectName()
      if end == "elif" { continue }
      var otherwise: [TemplateStatement] = []
      if end == "else" {
        otherwise = try parseBlockBody(until: ["endif"])
        advance()
      }
      return .branches(branches, otherwise: otherwise)
    }
  }

  private mutating func parseFor() throws(ChatTemplateError) -> TemplateStatement.Kind {
    let target = try parseTarget(endingAt: "in", allowsAttributes: false)
    try refuseLoopVariable(target)
    try expect(.name("in"))
    let iterable = try parseTuple(allowsConditional: false, endingAt: "recursive")
    let condition = skip(.name("if")) ? try parseExpression() : nil
    if current == .name("recursive") { throw unsupported("a recursive 'for'") }
    let frames = (condition: newFrame(), body: newFrame(), otherwise: newFrame())
    let outerLoop = isInsideLoop
    defer { isInsideLoop = outerLoop }
    isInsideLoop = true
    let body = try parseBlockBody(until: ["endfor", "else"])
    isInsideLoop = outerLoop
    var otherwise: [TemplateStatement] = []
    if try expectName() == "else" {
      otherwise = try parseBlockBody(until: ["endfor"])
      advance()
    }
    return .loop(
      TemplateForLoop(
        target: target, iterable: iterable, condition: condition,
        conditionFrame: frames.condition, body: TemplateBlock(statements: body, frame: frames.body),
        otherwise: TemplateBlock(statements: otherwise, frame: frames.otherwise)))
  }

  /// A body that becomes a function of its own, so that no loop outside can be left from it.
  private mutating func parseFunctionBody(until end: String) throws(ChatTemplateError)
    -> TemplateBlock
  {
    let outerLoop = isInsideLoop
    defer { isInsideLoop = outerLoop }
    isInsideLoop = false
    return try parseScopedBlock(until: end)
  }

  private mutating func parseSet() throws(ChatTemplateError) -> TemplateStatement.Kind {
    let target = try parseTarget(endingAt: nil, allowsAttributes: true)
    if isInsideLoop { try refuseLoopVariable(target) }
    if skip(.symbol(.assign)) { return .assign(target, try parseTuple()) }
    let filter = current == .symbol(.pipe) ? try parseFilters(of: nil) : nil
    return .assignBlock(target, filter: filter, try parseScopedBlock(until: "endset"))
  }

  private mutating func parseWith() throws(ChatTemplateError) -> TemplateStatement.Kind {
    var bindings: [(target: AssignmentTarget, value: TemplateExpression)] = []
    while current != .statementEnd {
      if !bindings.isEmpty { try expect(.symbol(.comma)) }
      let target = try parseTarget(endingAt: nil, allowsAttributes: false)
      try expect(.symbol(.assign))
      bindings.append((target, try parseExpression()))
    }
    return .with(bindings, try parseScopedBlock(until: "endwith"))
  }

  private mutating func parseMacro() throws(ChatTemplateError) -> TemplateStatement.Kind {
    let name = try expectName()
    let parameters = try parseParameters()
    let body = try parseFunctionBody(until: "endmacro")
    return .macro(MacroDefinition(name: name, parameters: parameters, body: body))
  }

  private mutating func parseCallBlock() throws(ChatTemplateError) -> TemplateStatement.Kind {
    let parameters = current == .symbol(.leftParen) ? try parseParameters() : []
    let call = try parseExpression()
    guard case .call = call.kind else { throw failure("'call' needs a call of a macro") }
    let body = try parseFunctionBody(until: "endcall")
    return .callBlock(
      MacroDefinition(name: "caller", parameters: parameters, body: body), call: call)
  }

  private mutating func parseHandedBody(
    until end: String
  ) throws(ChatTemplateError) -> MacroDefinition {
    MacroDefinition(name: "caller", parameters: [], body: try parseFunctionBody(until: end))
  }

  private mutating func parseParameters() throws(ChatTemplateError) -> [(
    name: String, defaultValue: TemplateExpression?
  )] {
    var parameters: [(name: String, defaultValue: TemplateExpression?)] = []
    try expect(.symbol(.leftParen))
    while current != .symbol(.rightParen) {
      if !parameters.isEmpty { try expect(.symbol(.comma)) }
      let name = try expectAssignableName()
      guard name != "caller" else { throw unsupported("a parameter named 'caller'") }
      guard !parameters.contains(where: { $0.name == name }) else {
        throw failure("the parameter '\(name)' occurs twice")
      }
      let value = skip(.symbol(.assign)) ? try parseExpression() : nil
      if value == nil, parameters.last?.defaultValue != nil {
        throw failure("the parameter '\(name)' without a default follows one with a default")
      }
      parameters.append((name, value))
    }
    advance()
    return parameters
  }

  private mutating func parseFilterBlock() throws(ChatTemplateError) -> TemplateStatement.Kind {
    let first = try parseFilter(of: nil)
    let filter = try parseFilters(of: first) ?? first
    return .filterBlock(filter, try parseScopedBlock(until: "endfilter"))
  }

  private mutating func parsePrint() throws(ChatTemplateError) -> [TemplateExpression] {
    var expressions: [TemplateExpression] = []
    while current != .statementEnd {
      if !expressions.isEmpty { try expect(.symbol(.comma)) }
      expressions.append(try parseExpression())
    }
    return expressions
  }
}
