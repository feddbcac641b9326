extension TemplateInterpreter {
  /// The value of an expression.
  func evaluate(_ expression: TemplateExpression) throws(ChatTemplateError) -> PythonValue {
    try evaluate(expression, input: nil)
  }

  /// The value of an expression; `input` is what a filter without an operand works on.
  func evaluate(
    _ expression: TemplateExpression, input: PythonValue?
  ) throws(ChatTemplateError) -> PythonValue {
    try charge(1)
    line = expression.line
    try enter()
    defer { leave() }
    switch expression.kind {
    case .constant(let constant): return TemplateInterpreter.value(of: constant)
    case .name(let name): return try variable(name)
    case .call, .filter, .test: return try apply(expression, input: input)
    case .attribute, .item, .slice: return try access(expression)
    case .tuple, .list, .dictionary, .concatenation: return try build(expression)
    default: return try operate(expression)
    }
  }

  // One function for each family of expressions keeps the frames of a deep evaluation small.

  private func operate(_ expression: TemplateExpression) throws(ChatTemplateError) -> PythonValue {
    switch expression.kind {
    case .not(let operand): return .bool(!(try evaluate(operand).isTrue))
    case .and(let left, let right):
      let value = try evaluate(left)
      return value.isTrue ? try evaluate(right) : value
    case .or(let left, let right):
      let value = try evaluate(left)
      return value.isTrue ? value : try evaluate(right)
    case .sign(let symbol, let operand): return try sign(symbol, try evaluate(operand))
    case .binary(let symbol, let left, let right):
      let first = try evaluate(left)
      if symbol == .power { try checkPower(left, first, right) }
      return try binary(symbol, first, try evaluate(right))
    case .comparison(let first, let rest): return try compare(first, rest)
    case .conditional(let test, let then, let otherwise):
      if try evaluate(test).isTrue { return try evaluate(then) }
      if let otherwise { return try evaluate(otherwise) }
      return .undefined(UndefinedValue("an inline 'if' without 'else' had a false condition"))
    default: throw unsupported("an expression of this kind")
    }
  }

  private func build(_ expression: TemplateExpression) throws(ChatTemplateError) -> PythonValue {
    switch expression.kind {
    case .tuple(let items): return try checked(.tuple(try evaluate(items)))
    case .list(let items): return try checked(.list(try evaluate(items)))
    case .dictionary(let entries): return try dictionary(entries)
    case .concatenation(let parts): return try concatenate(parts)
    default: throw unsupported("an expression of this kind")
    }
  }

  private func access(_ expression: TemplateExpression) throws(ChatTemplateError) -> PythonValue {
    switch expression.kind {
    case .attribute(let base, let name): return try attribute(name, of: try evaluate(base))
    case .item(let base, let index):
      let value = try evaluate(base)
      return try item(try evaluate(index), of: value)
    case .slice(let base, let lower, let upper, let step):
      let value = try evaluate(base)
      return try slice(
        value, from: try bound(lower), to: try bound(upper), by: try bound(step))
    default: throw unsupported("an expression of this kind")
    }
  }

  private func apply(
    _ expression: TemplateExpression, input: PythonValue?
  ) throws(ChatTemplateError) -> PythonValue {
    switch expression.kind {
    case .call(let callee, let arguments):
      let function = try evaluate(callee)
      return try call(function, try evaluate(arguments), at: expression.line)
    case .filter(let base, let name, let arguments):
      let value = try operand(base, outer: input)
      return try filter(name, value, try evaluate(arguments), at: expression.line)
    case .test(let base, let name, let arguments):
      let value = try evaluate(base)
      return .bool(try test(name, value, try evaluate(arguments), at: expression.line))
    default: throw unsupported("an expression of this kind")
    }
  }

  /// A chain of filters on a block's output has its operand only at the innermost filter.
  private func operand(_ base: TemplateExpression?, outer: PythonValue?) throws(ChatTemplateError)
    -> PythonValue
  {
    if let base { return try evaluate(base, input: outer) }
    return outer ?? .string("")
  }

  private static func value(of constant: TemplateConstant) -> PythonValue {
    switch constant {
    case .none: return .none
    case .bool(let bool): return .bool(bool)
    case .int(let int): return .int(int)
    case .float(let float): return .float(float)
    case .string(let text): return .string(text)
    }
  }

  private func variable(_ name: String) throws(ChatTemplateError) -> PythonValue {
    if let value = scope[name] { return value }
    if name == "self" { throw unsupported("the variable 'self'") }
    return .undefined(UndefinedValue(variable: name))
  }

  /// Jinja computes a constant base first and then loses the parentheses around its sign.
  private func checkPower(
    _ base: TemplateExpression, _ value: PythonValue, _ exponent: TemplateExpression
  ) throws(ChatTemplateError) {
    guard base.isConstant, !exponent.isConstant, let number = value.number, number.double < 0
    else { return }
    throw unsupported("a negative constant raised to a power that is no constant")
  }

  func evaluate(_ expressions: [TemplateExpression]) throws(ChatTemplateError) -> [PythonValue] {
    var values: [PythonValue] = []
    for expression in expressions { values.append(try evaluate(expression)) }
    return values
  }

  private func dictionary(
    _ entries: [(key: TemplateExpression, value: TemplateExpression)]
  ) throws(ChatTemplateError) -> PythonValue {
    var dictionary = PythonDictionary()
    for entry in entries {
      let key = try evaluate(entry.key)
      dictionary.set(key, hashed: try self.key(key), to: try evaluate(entry.value))
    }
    return try checked(.dictionary(dictionary))
  }

  /// Steps that each part of a key counts for: it is copied, hashed and compared.
  private static let stepsOfKey = 8

  /// What a dictionary finds a value by.
  func key(_ value: PythonValue) throws(ChatTemplateError) -> PythonKey {
    try charge(value.weight.timesCapped(Self.stepsOfKey))
    guard let key = PythonKey(value) else { throw wrongType("use as a dictionary key", value) }
    return key
  }

  private func bound(_ expression: TemplateExpression?) throws(ChatTemplateError) -> Int? {
    guard let expression else { return nil }
    let value = try evaluate(expression)
    if case .none = value { return nil }
    guard let integer = value.integer else { throw wrongType("slicing", value) }
    return integer
  }

  private func concatenate(_ parts: [TemplateExpression]) throws(ChatTemplateError) -> PythonValue {
    var result: [Unicode.Scalar] = []
    for value in try evaluate(parts) {
      result += try string(of: value).scalars
      try checkSize(result.count)
    }
    try charge(result.count / 64)
    return .string(PythonText(result))
  }

  private func compare(
    _ first: TemplateExpression, _ rest: [(TemplateComparison, TemplateExpression)]
  ) throws(ChatTemplateError) -> PythonValue {
    var left = try evaluate(first)
    for (comparison, expression) in rest {
      let right = try evaluate(expression)
      guard try compare(left, comparison, right) else { return .bool(false) }
      left = right
    }
    return .bool(true)
  }
}
