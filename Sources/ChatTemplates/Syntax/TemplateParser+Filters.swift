extension TemplateParser {
  mutating func parseFiltersAndTests(of base: TemplateExpression) throws(ChatTemplateError)
    -> TemplateExpression
  {
    var value = base
    while true {
      switch current {
      case .symbol(.pipe):
        advance()
        value = try parseFilter(of: value)
      case .name("is"): value = try parseTest(of: value)
      case .symbol(.leftParen): value = try parseCall(of: value)
      default: return value
      }
    }
  }

  /// All filters that follow, each after its `|`; `nil` for a value that a block will supply.
  mutating func parseFilters(of base: TemplateExpression?) throws(ChatTemplateError)
    -> TemplateExpression?
  {
    var value = base
    while skip(.symbol(.pipe)) { value = try parseFilter(of: value) }
    return value
  }

  /// One filter, from its name.
  mutating func parseFilter(of base: TemplateExpression?) throws(ChatTemplateError)
    -> TemplateExpression
  {
    let line = line
    let name = try parseDottedName()
    let hasArguments = current == .symbol(.leftParen)
    let arguments = hasArguments ? try parseArguments() : WrittenArguments()
    return try node(
      .filter(base, name, arguments), line,
      over: (base.map { [$0] } ?? []) + arguments.expressions)
  }

  private mutating func parseDottedName() throws(ChatTemplateError) -> String {
    var name = try expectName()
    while skip(.symbol(.dot)) { name += "." + (try expectName()) }
    return name
  }

  private mutating func parseTest(of value: TemplateExpression) throws(ChatTemplateError)
    -> TemplateExpression
  {
    let line = line
    advance()
    let isNegated = skip(.name("not"))
    let name = try parseDottedName()
    var arguments = WrittenArguments()
    if current == .symbol(.leftParen) {
      arguments = try parseArguments()
    } else if startsTestArgument {
      if current == .name("is") { throw failure("tests with 'is' cannot be chained") }
      let primary = try parsePrimary()
      arguments.positional = [try parsePostfix(of: primary)]
    }
    let test = try node(
      .test(value, name, arguments), line, over: [value] + arguments.expressions)
    return isNegated ? try node(.not(test), line, over: [test]) : test
  }

  /// Whether the current token is an argument that a test takes without parentheses.
  private var startsTestArgument: Bool {
    switch current {
    case .name(let name): return !["else", "or", "and"].contains(name)
    case .string, .integer, .float, .symbol(.leftBracket), .symbol(.leftBrace): return true
    default: return false
    }
  }
}
