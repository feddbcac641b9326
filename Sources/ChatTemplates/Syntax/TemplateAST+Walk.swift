extension TemplateExpression {
  /// The expressions directly inside this one.
  var operands: [TemplateExpression] {
    switch kind {
    case .constant, .name: return []
    case .tuple(let items), .list(let items), .concatenation(let items): return items
    case .dictionary(let entries): return entries.flatMap { [$0.key, $0.value] }
    case .attribute(let base, _), .not(let base), .sign(_, let base): return [base]
    case .item(let base, let index): return [base, index]
    case .slice(let base, let lower, let upper, let step):
      return [base] + [lower, upper, step].compactMap { $0 }
    case .call(let callee, let arguments): return [callee] + arguments.expressions
    case .filter(let base, _, let arguments):
      return (base.map { [$0] } ?? []) + arguments.expressions
    case .test(let value, _, let arguments): return [value] + arguments.expressions
    case .binary(_, let left, let right), .and(let left, let right), .or(let left, let right):
      return [left, right]
    case .comparison(let first, let rest): return [first] + rest.map(\.1)
    case .conditional(let test, let then, let otherwise):
      return [test, then] + (otherwise.map { [$0] } ?? [])
    }
  }

  /// Whether no variable is read anywhere inside.
  var isConstant: Bool {
    if case .name = kind { return false }
    return operands.allSatisfy(\.isConstant)
  }

  /// Whether the variable is read anywhere inside.
  func reads(_ name: String) -> Bool {
    if case .name(name) = kind { return true }
    return operands.contains { $0.reads(name) }
  }
}

extension AssignmentTarget {
  /// The plain names that the target binds.
  var names: [String] {
    switch self {
    case .name(let name): return [name]
    case .tuple(let targets): return targets.flatMap(\.names)
    case .attribute: return []
    }
  }
}

extension TemplateStatement {
  /// Whether the variable is read anywhere inside, nested blocks included.
  func reads(_ name: String) -> Bool {
    expressions.contains { $0.reads(name) } || inner.contains { $0.reads(name) }
  }

  private var expressions: [TemplateExpression] {
    switch kind {
    case .text, .breakLoop, .continueLoop: return []
    case .output(let expressions): return expressions
    case .branches(let branches, _): return branches.map(\.test)
    case .loop(let loop): return [loop.iterable] + (loop.condition.map { [$0] } ?? [])
    case .assign(_, let value): return [value]
    case .assignBlock(_, let filter, _): return filter.map { [$0] } ?? []
    case .with(let bindings, _): return bindings.map(\.value)
    case .macro(let macro), .generation(let macro):
      return macro.parameters.compactMap(\.defaultValue)
    case .callBlock(let macro, let call):
      return [call] + macro.parameters.compactMap(\.defaultValue)
    case .filterBlock(let filter, _): return [filter]
    }
  }

  private var inner: [TemplateStatement] {
    switch kind {
    case .text, .breakLoop, .continueLoop, .output, .assign: return []
    case .branches(let branches, let otherwise): return branches.flatMap(\.body) + otherwise
    case .loop(let loop): return loop.body.statements + loop.otherwise.statements
    case .assignBlock(_, _, let block), .with(_, let block), .filterBlock(_, let block):
      return block.statements
    case .macro(let macro), .callBlock(let macro, _), .generation(let macro):
      return macro.body.statements
    }
  }
}
