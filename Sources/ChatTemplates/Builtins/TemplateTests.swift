extension TemplateInterpreter {
  /// Whether a value passes the test with this name, unless the test is not supported.
  func test(
    _ name: String, _ value: PythonValue, _ arguments: PassedArguments, at line: Int? = nil
  ) throws(ChatTemplateError) -> Bool {
    self.line = line ?? self.line
    if let result = typeTest(name, value) {
      _ = try bind(arguments, [], of: "the test '\(name)'")
      return result
    }
    if let comparison = TemplateInterpreter.comparison(named: name) {
      return try compare(value, comparison, try operand(name, arguments))
    }
    switch name {
    case "odd", "even":
      _ = try bind(arguments, [], of: "the test '\(name)'")
      return try binary(.modulo, value, .int(2)) == .int(name == "odd" ? 1 : 0)
    case "divisibleby":
      return try binary(.modulo, value, try operand(name, arguments)) == .int(0)
    case "lower", "upper":
      _ = try bind(arguments, [], of: "the test '\(name)'")
      let text = try string(of: value)
      return name == "lower" ? text.isLowercase : text.isUppercase
    case "sameas": return try isSame(value, try operand(name, arguments))
    default: throw unsupported("the test '\(name)'")
    }
  }

  private func operand(
    _ name: String, _ arguments: PassedArguments
  ) throws(ChatTemplateError) -> PythonValue {
    let values = try bind(
      arguments, ["other"], required: 1, positionalOnly: true, of: "the test '\(name)'")
    return values[0] ?? .none
  }

  private static func comparison(named name: String) -> TemplateComparison? {
    switch name {
    case "eq", "equalto", "==": return .equal
    case "ne", "!=": return .notEqual
    case "lt", "lessthan", "<": return .less
    case "le", "<=": return .lessOrEqual
    case "gt", "greaterthan", ">": return .greater
    case "ge", ">=": return .greaterOrEqual
    case "in": return .isIn
    default: return nil
    }
  }

  /// The tests that only look at a value's type.
  private func typeTest(_ name: String, _ value: PythonValue) -> Bool? {
    switch (name, value) {
    case ("defined", .undefined), ("callable", .undefined): return name == "callable"
    case ("defined", _): return true
    case ("undefined", .undefined), ("none", .none), ("boolean", .bool): return true
    case ("true", .bool(let bool)): return bool
    case ("false", .bool(let bool)): return !bool
    case ("integer", .int), ("float", .float), ("mapping", .dictionary): return true
    case ("string", .string), ("string", .markup), ("escaped", .markup): return true
    case ("number", .bool), ("number", .int), ("number", .float): return true
    case ("callable", .macro), ("callable", .function): return true
    case ("sequence", .view): return false
    case ("sequence", _): return count(of: value) != nil
    case ("iterable", .iterator), ("iterable", .loop): return true
    case ("iterable", _): return count(of: value) != nil
    case ("undefined", _), ("none", _), ("boolean", _), ("true", _), ("false", _), ("integer", _),
      ("float", _), ("mapping", _), ("string", _), ("escaped", _), ("number", _), ("callable", _):
      return false
    default: return nil
    }
  }

  /// Python's `is`, as far as it does not depend on how the interpreter stores values.
  private func isSame(_ left: PythonValue, _ right: PythonValue) throws(ChatTemplateError) -> Bool {
    switch (left, right) {
    case (.none, .none): return true
    case (.bool(let first), .bool(let second)): return first == second
    case (.namespace(let first), .namespace(let second)): return first === second
    case (.macro(let first), .macro(let second)): return first === second
    default: break
    }
    guard left.typeName == right.typeName, left == right else { return false }
    throw unsupported("the test 'sameas' on equal values of type \(left.typeName)")
  }
}
