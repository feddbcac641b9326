extension TemplateParser {
  mutating func parsePrimary() throws(ChatTemplateError) -> TemplateExpression {
    let line = line
    switch current {
    case .name(let name):
      advance()
      return try node(TemplateParser.literal(name).map { .constant($0) } ?? .name(name), line)
    case .string(var text):
      advance()
      while case .string(let more) = current {
        text.scalars += more.scalars
        advance()
      }
      return try node(.constant(.string(text)), line)
    case .integer(let value):
      advance()
      return try node(.constant(.int(value)), line)
    case .float(let value):
      advance()
      return try node(.constant(.float(value)), line)
    case .symbol(.leftParen):
      advance()
      let inner = try parseTuple(allowsEmpty: true)
      try expect(.symbol(.rightParen))
      return inner
    case .symbol(.leftBracket): return try parseList()
    case .symbol(.leftBrace): return try parseDictionary()
    default: throw unexpected()
    }
  }

  private static func literal(_ name: String) -> TemplateConstant? {
    switch name {
    case "true", "True": return .bool(true)
    case "false", "False": return .bool(false)
    case "none", "None": return TemplateConstant.none
    default: return nil
    }
  }

  private mutating func parseList() throws(ChatTemplateError) -> TemplateExpression {
    let line = line
    advance()
    var items: [TemplateExpression] = []
    while current != .symbol(.rightBracket) {
      items.append(try parseExpression())
      guard skip(.symbol(.comma)) else { break }
    }
    try expect(.symbol(.rightBracket))
    return try node(.list(items), line, over: items)
  }

  private mutating func parseDictionary() throws(ChatTemplateError) -> TemplateExpression {
    let line = line
    advance()
    var entries: [(key: TemplateExpression, value: TemplateExpression)] = []
    while current != .symbol(.rightBrace) {
      let key = try parseExpression()
      try expect(.symbol(.colon))
      entries.append((key, try parseExpression()))
      guard skip(.symbol(.comma)) else { break }
    }
    try expect(.symbol(.rightBrace))
    return try node(.dictionary(entries), line, over: entries.map(\.key) + entries.map(\.value))
  }

  mutating func parsePostfix(of base: TemplateExpression) throws(ChatTemplateError)
    -> TemplateExpression
  {
    var value = base
    while true {
      switch current {
      case .symbol(.dot): value = try parseAttribute(of: value)
      case .symbol(.leftBracket): value = try parseSubscript(of: value)
      case .symbol(.leftParen): value = try parseCall(of: value)
      default: return value
      }
    }
  }

  private mutating func parseAttribute(of base: TemplateExpression) throws(ChatTemplateError)
    -> TemplateExpression
  {
    let line = line
    advance()
    switch current {
    case .name(let name):
      advance()
      return try node(.attribute(base, name), line, over: [base])
    case .integer(let index):
      let item = try node(.constant(.int(index)), line)
      advance()
      return try node(.item(base, item), line, over: [base, item])
    default: throw failure("a name or a number must follow '.'")
    }
  }

  private mutating func parseSubscript(of base: TemplateExpression) throws(ChatTemplateError)
    -> TemplateExpression
  {
    let line = line
    advance()
    if current == .symbol(.rightBracket) {
      advance()
      let empty = try node(.tuple([]), line)
      return try node(.item(base, empty), line, over: [base])
    }
    let lower = current == .symbol(.colon) ? nil : try parseExpression()
    if let lower, current != .symbol(.colon) { return try finishItem(of: base, first: lower, line) }
    advance()
    let upper = try parseSliceBound()
    let step = skip(.symbol(.colon)) ? try parseSliceBound() : nil
    if current == .symbol(.comma) { throw unsupported("a slice inside a tuple subscript") }
    try expect(.symbol(.rightBracket))
    return try node(
      .slice(base, lower, upper, step), line,
      over: [base] + [lower, upper, step].compactMap { $0 })
  }

  /// A subscript that is no slice: one value, or several that form a tuple.
  private mutating func finishItem(
    of base: TemplateExpression, first: TemplateExpression, _ line: Int
  ) throws(ChatTemplateError) -> TemplateExpression {
    var items = [first]
    while current != .symbol(.rightBracket) {
      try expect(.symbol(.comma))
      items.append(try parseExpression())
      if current == .symbol(.colon) { throw unsupported("a slice inside a tuple subscript") }
    }
    advance()
    let index = items.count == 1 ? first : try node(.tuple(items), line, over: items)
    return try node(.item(base, index), line, over: [base, index])
  }

  private mutating func parseSliceBound() throws(ChatTemplateError) -> TemplateExpression? {
    switch current {
    case .symbol(.colon), .symbol(.rightBracket), .symbol(.comma): return nil
    default: return try parseExpression()
    }
  }

  mutating func parseCall(of base: TemplateExpression) throws(ChatTemplateError)
    -> TemplateExpression
  {
    let line = line
    let arguments = try parseArguments()
    return try node(.call(base, arguments), line, over: [base] + arguments.expressions)
  }

  mutating func parseArguments() throws(ChatTemplateError) -> WrittenArguments {
    var arguments = WrittenArguments()
    try expect(.symbol(.leftParen))
    while current != .symbol(.rightParen) {
      try parseArgument(into: &arguments)
      guard skip(.symbol(.comma)) else { break }
    }
    try expect(.symbol(.rightParen))
    return arguments
  }

  private mutating func parseArgument(
    into arguments: inout WrittenArguments
  ) throws(ChatTemplateError) {
    let isLast = arguments.spreadMapping != nil
    let isSpread = arguments.spreadList != nil || isLast
    if current == .symbol(.multiply), !isSpread {
      advance()
      arguments.spreadList = try parseExpression()
    } else if current == .symbol(.power), !isLast {
      advance()
      arguments.spreadMapping = try parseExpression()
    } else if case .name(let name) = current, next == .symbol(.assign), !isLast {
      advance()
      advance()
      arguments.keywords.append((name, try parseExpression()))
    } else if !isSpread, arguments.keywords.isEmpty {
      arguments.positional.append(try parseExpression())
    } else {
      throw failure("the arguments of a call stand in an order that is not allowed")
    }
  }
}
