import Foundation

extension TemplateInterpreter {
  /// Python's `+value` and `-value`.
  func sign(_ symbol: TemplateSymbol, _ value: PythonValue) throws(ChatTemplateError) -> PythonValue
  {
    switch value.number {
    case .int(let int)?:
      guard symbol == .subtract else { return .int(int) }
      guard int != Int.min else { throw tooLarge() }
      return .int(-int)
    case .float(let float)?: return .float(symbol == .subtract ? -float : float)
    case nil: throw wrongType("the sign '\(symbol.rawValue)'", value)
    }
  }

  /// Python's arithmetic operators.
  func binary(
    _ symbol: TemplateSymbol, _ left: PythonValue, _ right: PythonValue
  ) throws(ChatTemplateError) -> PythonValue {
    switch (left.number, right.number) {
    case (.int(let first)?, .int(let second)?): return try integers(symbol, first, second)
    case (let first?, let second?): return try floats(symbol, first.double, second.double)
    default: return try sequences(symbol, left, right)
    }
  }

  private func integers(
    _ symbol: TemplateSymbol, _ left: Int, _ right: Int
  ) throws(ChatTemplateError) -> PythonValue {
    switch symbol {
    case .add: return try exact(left.addingReportingOverflow(right))
    case .subtract: return try exact(left.subtractingReportingOverflow(right))
    case .multiply: return try exact(left.multipliedReportingOverflow(by: right))
    case .power: return try power(left, right)
    case .divide:
      try checkDivisor(right == 0)
      guard let quotient = TemplateInterpreter.exactQuotient(left, right) else {
        throw unsupported("'/' of integers beyond 53 bits")
      }
      return .float(quotient)
    default:
      try checkDivisor(right == 0)
      guard right != -1 else {
        return symbol == .modulo ? .int(0) : try sign(.subtract, .int(left))
      }
      let (quotient, remainder) = left.quotientAndRemainder(dividingBy: right)
      let rounds = remainder != 0 && (remainder < 0) != (right < 0)
      return .int(
        symbol == .modulo ? remainder + (rounds ? right : 0) : quotient - (rounds ? 1 : 0))
    }
  }

  /// Division is correctly rounded only while both integers are exact doubles.
  private static func exactQuotient(_ left: Int, _ right: Int) -> Double? {
    guard let first = Double(exactly: left), let second = Double(exactly: right) else { return nil }
    return first / second
  }

  private func power(_ base: Int, _ exponent: Int) throws(ChatTemplateError) -> PythonValue {
    if exponent < 0 { return try floats(.power, Double(base), Double(exponent)) }
    if base == 0 || base == 1 { return .int(exponent == 0 ? 1 : base) }
    if base == -1 { return .int(exponent % 2 == 0 ? 1 : -1) }
    guard exponent < Int.bitWidth else { throw tooLarge() }
    var result = 1
    for _ in 0..<exponent {
      guard case .int(let next) = try exact(result.multipliedReportingOverflow(by: base)) else {
        break
      }
      result = next
    }
    return .int(result)
  }

  private func exact(
    _ result: (partialValue: Int, overflow: Bool)
  ) throws(ChatTemplateError) -> PythonValue {
    guard !result.overflow else { throw tooLarge() }
    return .int(result.partialValue)
  }

  private func tooLarge() -> ChatTemplateError {
    unsupported("an integer wider than 64 bits")
  }

  private func checkDivisor(_ isZero: Bool) throws(ChatTemplateError) {
    if isZero { throw failure("a number is divided by zero") }
  }

  private func floats(
    _ symbol: TemplateSymbol, _ left: Double, _ right: Double
  ) throws(ChatTemplateError) -> PythonValue {
    switch symbol {
    case .add: return .float(left + right)
    case .subtract: return .float(left - right)
    case .multiply: return .float(left * right)
    case .divide:
      try checkDivisor(right == 0)
      return .float(left / right)
    case .power: return try floatPower(left, right)
    default:
      try checkDivisor(right == 0)
      return .float(TemplateInterpreter.divide(left, right, isModulo: symbol == .modulo))
    }
  }

  /// Python's float `%` takes the divisor's sign, and `//` matches it.
  private static func divide(_ left: Double, _ right: Double, isModulo: Bool) -> Double {
    var remainder = left.truncatingRemainder(dividingBy: right)
    var quotient = (left - remainder) / right
    if remainder != 0, (remainder < 0) != (right < 0) {
      remainder += right
      quotient -= 1
    }
    if isModulo { return remainder == 0 ? Double(signOf: right, magnitudeOf: 0) : remainder }
    guard quotient != 0 else { return Double(signOf: left / right, magnitudeOf: 0) }
    let floor = quotient.rounded(.down)
    return quotient - floor > 0.5 ? floor + 1 : floor
  }

  private func sequences(
    _ symbol: TemplateSymbol, _ left: PythonValue, _ right: PythonValue
  ) throws(ChatTemplateError) -> PythonValue {
    switch (symbol, left, right) {
    case (.add, .string(let first), .string(let second)):
      try charge((first.count + second.count) / 64)
      try checkSize(first.count + second.count)
      return .string(first + second)
    case (.add, .markup, _), (.add, _, .markup):
      guard left.text != nil, right.text != nil else { break }
      let parts = [escaped(left), escaped(right)]
      return .markup(try joined(parts, separator: ""))
    case (.add, .list(let first), .list(let second)):
      return .list(try joined(first, second))
    case (.add, .tuple(let first), .tuple(let second)):
      return .tuple(try joined(first, second))
    case (.multiply, _, _):
      if let times = right.integer { return try repeated(left, times) }
      if let times = left.integer { return try repeated(right, times) }
    case (.modulo, .string, _): throw unsupported("formatting a string with '%'")
    default: break
    }
    for value in [left, right] {
      if case .undefined = value { throw wrongType("'\(symbol.rawValue)'", value) }
      if case .markup = value { throw wrongType("'\(symbol.rawValue)'", value) }
    }
    let types = "\(left.typeName) and \(right.typeName)"
    throw failure("'\(symbol.rawValue)' is not possible between \(types)")
  }

  private func joined(_ left: PythonItems, _ right: PythonItems) throws(ChatTemplateError)
    -> PythonItems
  {
    try charge(left.count + right.count)
    try checkSize(left.count + right.count)
    return PythonItems(left.values + right.values)
  }

  private func repeated(_ value: PythonValue, _ times: Int) throws(ChatTemplateError) -> PythonValue
  {
    guard let length = count(of: value) else { throw wrongType("'*'", value) }
    let (size, overflows) = length.multipliedReportingOverflow(by: max(times, 0))
    try checkSize(overflows ? Int.max : size)
    try charge(size)
    switch value {
    case .string(let text):
      return .string(
        PythonText((0..<(text.isEmpty ? 0 : max(times, 0))).flatMap { _ in text.scalars }))
    case .list(let items): return .list(repeated(items.values, times))
    case .tuple(let items): return .tuple(repeated(items.values, times))
    default: throw wrongType("'*'", value)
    }
  }

  private func repeated(_ values: [PythonValue], _ times: Int) -> [PythonValue] {
    values.isEmpty ? [] : (0..<max(times, 0)).flatMap { _ in values }
  }
}

extension TemplateInterpreter {
  /// Python's float `**`; what would be complex or infinite is refused.
  func floatPower(_ base: Double, _ exponent: Double) throws(ChatTemplateError) -> PythonValue {
    if base == 0, exponent < 0 { throw failure("zero is raised to a negative power") }
    let isFinite = base.isFinite && exponent.isFinite
    if isFinite, base < 0, exponent != exponent.rounded() { throw unsupported("a complex number") }
    let result = pow(base, exponent)
    if isFinite, result.isInfinite { throw failure("a power is too large for a float") }
    return .float(result)
  }
}
