/// How a run of statements ended.
enum TemplateFlow {
  case normal
  case breakLoop
  case continueLoop
}

extension TemplateInterpreter {
  /// Runs statements in order until one leaves the loop around them.
  func execute(_ statements: [TemplateStatement]) throws(ChatTemplateError) -> TemplateFlow {
    for statement in statements {
      line = statement.line
      try charge(1)
      let flow = try execute(statement)
      if flow != .normal { return flow }
    }
    return .normal
  }

  private func execute(_ statement: TemplateStatement) throws(ChatTemplateError) -> TemplateFlow {
    try enter()
    defer { leave() }
    switch statement.kind {
    case .text(let text): try write(text)
    case .output(let expressions):
      for expression in expressions { try write(try string(of: try evaluate(expression))) }
    case .branches(let branches, let otherwise):
      for branch in branches where try evaluate(branch.test).isTrue {
        return try execute(branch.body)
      }
      return try execute(otherwise)
    case .loop(let loop): return try execute(loop)
    case .assign(let target, let value):
      try checkNamespaces(target)
      try assign(try evaluate(value), to: target, in: scope)
    case .assignBlock(let target, let filter, let block):
      return try execute(block, filter: filter) { text throws(ChatTemplateError) in
        try checkNamespaces(target)
        try assign(text, to: target, in: scope)
      }
    case .with(let bindings, let block): return try execute(block, with: bindings)
    case .macro(let definition):
      keepUntilEnd(scope)
      scope[definition.name] = .macro(TemplateMacro(definition, scope: scope))
    case .callBlock(let definition, let call): try execute(call, caller: definition)
    case .generation(let definition):
      try write(try call(TemplateMacro(definition, scope: scope), PassedArguments()))
    case .filterBlock(let filter, let block):
      return try execute(block, filter: filter) { value throws(ChatTemplateError) in
        try write(try string(of: value))
      }
    case .breakLoop: return .breakLoop
    case .continueLoop: return .continueLoop
    }
    return .normal
  }

  /// Captures a block's output and hands it on, filtered, unless the block left a loop.
  private func execute(
    _ block: TemplateBlock, filter: TemplateExpression?,
    finish: (PythonValue) throws(ChatTemplateError) -> Void
  ) throws(ChatTemplateError) -> TemplateFlow {
    let inner = enterScope(block.frame, parent: scope)
    let (flow, text) = try capture { () throws(ChatTemplateError) in
      try inside(inner) { () throws(ChatTemplateError) in try execute(block.statements) }
    }
    guard flow == .normal else { return flow }
    var value = PythonValue.string(text)
    if let filter {
      value = try inside(inner) { () throws(ChatTemplateError) in
        try evaluate(filter, input: value)
      }
    }
    try finish(value)
    return .normal
  }

  private func execute(
    _ block: TemplateBlock, with bindings: [(target: AssignmentTarget, value: TemplateExpression)]
  ) throws(ChatTemplateError) -> TemplateFlow {
    let inner = enterScope(block.frame, parent: scope)
    for binding in bindings {
      try assign(try evaluate(binding.value), to: binding.target, in: inner)
    }
    return try inside(inner) { () throws(ChatTemplateError) in try execute(block.statements) }
  }

  private func execute(
    _ call: TemplateExpression, caller: MacroDefinition
  ) throws(ChatTemplateError) {
    guard case .call(let callee, let written) = call.kind else { return }
    let function = try evaluate(callee)
    var arguments = try evaluate(written)
    guard arguments.keyword("caller") == nil else {
      throw failure("the argument 'caller' is given twice")
    }
    let body = TemplateMacro(caller, scope: scope)
    arguments.keywords.append(("caller", .macro(body)))
    try write(try string(of: try self.call(function, arguments)))
  }

  /// Only namespaces have attributes that templates can set.
  private func checkNamespaces(_ target: AssignmentTarget) throws(ChatTemplateError) {
    switch target {
    case .name: break
    case .tuple(let targets): for target in targets { try checkNamespaces(target) }
    case .attribute(let name, _):
      guard case .namespace? = scope[name] else {
        throw failure("'\(name)' is no namespace, so its attributes cannot be set")
      }
    }
  }

  func assign(
    _ value: PythonValue, to target: AssignmentTarget, in scope: TemplateScope
  ) throws(ChatTemplateError) {
    switch target {
    case .name(let name): scope[name] = value
    case .attribute(let name, let attribute):
      guard case .namespace(let namespace)? = scope[name] else {
        throw failure("'\(name)' is no namespace, so its attributes cannot be set")
      }
      try set(attribute, of: namespace, to: value)
    case .tuple(let targets):
      let values = try elements(of: value)
      guard values.count == targets.count else {
        throw failure("\(values.count) values cannot be assigned to \(targets.count) names")
      }
      for (value, target) in zip(values, targets) { try assign(value, to: target, in: scope) }
    }
  }

  /// Sets an attribute of a namespace; private names and cycles are refused.
  func set(
    _ attribute: String, of namespace: TemplateNamespace, to value: PythonValue
  ) throws(ChatTemplateError) {
    guard !attribute.hasPrefix("_") else {
      throw failure("a namespace cannot have the attribute '\(attribute)': it starts with '_'")
    }
    guard !value.holdsReference else {
      throw unsupported("keeping a \(value.typeName) with inner state in a namespace")
    }
    namespace.attributes.set(attribute, to: value)
  }
}
