extension TemplateParser {
  /// An expression node whose depth is checked.
  func node(
    _ kind: TemplateExpression.Kind, _ line: Int, over operands: [TemplateExpression] = []
  ) throws(ChatTemplateError) -> TemplateExpression {
    var depth = 1
    for operand in operands { depth = max(depth, operand.depth + 1) }
    try checkDepth(depth)
    return TemplateExpression(kind: kind, line: line, depth: depth)
  }

  /// An expression, or a tuple of several that commas separate.
  mutating func parseTuple(
    allowsConditional: Bool = true, endingAt end: String? = nil, allowsEmpty: Bool = false
  ) throws(ChatTemplateError) -> TemplateExpression {
    let line = line
    var items: [TemplateExpression] = []
    var isTuple = false
    while !isTupleEnd(end) {
      items.append(try parseExpression(allowsConditional: allowsConditional))
      guard skip(.symbol(.comma)) else { break }
      isTuple = true
    }
    if !isTuple, let only = items.first { return only }
    guard isTuple || allowsEmpty else { throw unexpected() }
    return try node(.tuple(items), line, over: items)
  }

  private func isTupleEnd(_ end: String?) -> Bool {
    switch current {
    case .outputEnd, .statementEnd, .symbol(.rightParen): return true
    case .name(let name): return name == end
    default: return false
    }
  }

  mutating func parseExpression(
    allowsConditional: Bool = true
  ) throws(ChatTemplateError) -> TemplateExpression {
    try enter()
    defer { depth -= 1 }
    return allowsConditional ? try parseConditional() : try parseOr()
  }

  private mutating func parseConditional() throws(ChatTemplateError) -> TemplateExpression {
    var value = try parseOr()
    while current == .name("if") {
      let line = line
      advance()
      let test = try parseOr()
      let otherwise = skip(.name("else")) ? try parseExpression() : nil
      value = try node(
        .conditional(test: test, then: value, otherwise: otherwise), line,
        over: [test, value] + (otherwise.map { [$0] } ?? []))
    }
    return value
  }

  private mutating func parseOr() throws(ChatTemplateError) -> TemplateExpression {
    var left = try parseAnd()
    while skip(.name("or")) {
      let right = try parseAnd()
      left = try node(.or(left, right), left.line, over: [left, right])
    }
    return left
  }

  private mutating func parseAnd() throws(ChatTemplateError) -> TemplateExpression {
    var left = try parseNot()
    while skip(.name("and")) {
      let right = try parseNot()
      left = try node(.and(left, right), left.line, over: [left, right])
    }
    return left
  }

  private mutating func parseNot() throws(ChatTemplateError) -> TemplateExpression {
    let line = line
    guard skip(.name("not")) else { return try parseComparison() }
    try enter()
    defer { depth -= 1 }
    let operand = try parseNot()
    return try node(.not(operand), line, over: [operand])
  }

  private mutating func parseComparison() throws(ChatTemplateError) -> TemplateExpression {
    let first = try parseSum()
    var rest: [(TemplateComparison, TemplateExpression)] = []
    while let comparison = skipComparison() { rest.append((comparison, try parseSum())) }
    guard !rest.isEmpty else { return first }
    return try node(.comparison(first, rest), first.line, over: [first] + rest.map(\.1))
  }

  private mutating func skipComparison() -> TemplateComparison? {
    var comparison: TemplateComparison?
    switch current {
    case .symbol(let symbol): comparison = TemplateComparison(rawValue: symbol.rawValue)
    case .name("in"): comparison = .isIn
    case .name("not") where next == .name("in"):
      comparison = .isNotIn
      advance()
    default: break
    }
    if comparison != nil { advance() }
    return comparison
  }

  private mutating func parseSum() throws(ChatTemplateError) -> TemplateExpression {
    var left = try parseConcatenation()
    while let symbol = skipSymbol(among: [.add, .subtract]) {
      let right = try parseConcatenation()
      left = try node(.binary(symbol, left, right), left.line, over: [left, right])
    }
    return left
  }

  private mutating func parseConcatenation() throws(ChatTemplateError) -> TemplateExpression {
    var parts = [try parseProduct()]
    while skip(.symbol(.tilde)) { parts.append(try parseProduct()) }
    return parts.count == 1 ? parts[0] : try node(.concatenation(parts), parts[0].line, over: parts)
  }

  private mutating func parseProduct() throws(ChatTemplateError) -> TemplateExpression {
    var left = try parsePower()
    while let symbol = skipSymbol(among: [.multiply, .divide, .floorDivide, .modulo]) {
      let right = try parsePower()
      left = try node(.binary(symbol, left, right), left.line, over: [left, right])
    }
    return left
  }

  private mutating func parsePower() throws(ChatTemplateError) -> TemplateExpression {
    var left = try parseUnary(withFilters: true)
    while skip(.symbol(.power)) {
      let right = try parseUnary(withFilters: true)
      left = try node(.binary(.power, left, right), left.line, over: [left, right])
    }
    return left
  }

  private mutating func skipSymbol(among symbols: [TemplateSymbol]) -> TemplateSymbol? {
    guard case .symbol(let symbol) = current, symbols.contains(symbol) else { return nil }
    advance()
    return symbol
  }

  private mutating func parseUnary(withFilters: Bool) throws(ChatTemplateError)
    -> TemplateExpression
  {
    let line = line
    var value: TemplateExpression
    if let symbol = skipSymbol(among: [.add, .subtract]) {
      try enter()
      defer { depth -= 1 }
      let operand = try parseUnary(withFilters: false)
      value = try node(.sign(symbol, operand), line, over: [operand])
    } else {
      value = try parsePrimary()
    }
    value = try parsePostfix(of: value)
    return withFilters ? try parseFiltersAndTests(of: value) : value
  }
}
