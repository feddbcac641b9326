/// Where a scope's variable gets its first value from when the scope is entered.
///
/// Jinja decides this before anything runs: a `set` inside a loop makes the name the loop's own for
/// the whole body, a `set` inside an `if` leaves the outer value visible when the branch is not taken.
enum InitialBinding: Sendable {
  /// The caller or the loop assigns it.
  case parameter
  /// The variables that the template is rendered with.
  case context
  /// The scope around this one.
  case outer
  /// Nothing: undefined until it is assigned.
  case nothing
}

/// The names that belong to each scope of a template, by the scope's number.
struct TemplateScopeAnalysis {
  private(set) var frames: [[String: InitialBinding]]

  /// Analyses every scope from the outermost inwards.
  static func frames(of template: TemplateBlock, count: Int) -> [[String: InitialBinding]] {
    var analysis = TemplateScopeAnalysis(
      frames: Array(repeating: [:], count: count))
    analysis.analyse(template.statements, frame: template.frame, parameters: [], ancestors: [])
    return analysis.frames
  }

  /// The names of one scope while its statements are read in order.
  private struct Names {
    var initial: [String: InitialBinding] = [:]
    var stored: Set<String> = []
    let isOuter: (String) -> Bool

    mutating func load(_ name: String) {
      if initial[name] == nil, !isOuter(name) { initial[name] = .context }
    }

    mutating func store(_ name: String) {
      stored.insert(name)
      if initial[name] == nil { initial[name] = isOuter(name) ? .outer : .nothing }
    }

    mutating func declare(_ name: String) {
      stored.insert(name)
      initial[name] = .parameter
    }

    /// Takes over what alternative branches do; a name that only branches store keeps the value
    /// it had outside.
    mutating func merge(_ branches: [Names]) {
      var onlyInBranches: Set<String> = []
      for branch in branches {
        onlyInBranches.formUnion(branch.stored.subtracting(stored))
        initial.merge(branch.initial) { _, new in new }
      }
      for name in onlyInBranches { initial[name] = isOuter(name) ? .outer : .context }
      stored.formUnion(onlyInBranches)
    }
  }

  private mutating func analyse(
    _ statements: [TemplateStatement], frame: Int, parameters: [String],
    loads: [TemplateExpression] = [],
    ancestors: [Int]
  ) {
    let known = ancestors.map { frames[$0] }
    var names = Names(isOuter: { name in known.contains { $0[name] != nil } })
    for parameter in parameters { names.declare(parameter) }
    for expression in loads { read(expression, &names) }
    for statement in statements { read(statement, &names) }
    frames[frame] = names.initial
    for statement in statements { descend(into: statement, ancestors: ancestors + [frame]) }
  }

  private func read(_ statement: TemplateStatement, _ names: inout Names) {
    switch statement.kind {
    case .text, .breakLoop, .continueLoop, .generation: break
    case .output(let expressions): for expression in expressions { read(expression, &names) }
    case .branches(let branches, let otherwise):
      read(branches[...], otherwise: otherwise, &names)
    case .loop(let loop): read(loop.iterable, &names)
    case .assign(let target, let value):
      read(value, &names)
      store(target, &names)
    case .assignBlock(let target, _, _): store(target, &names)
    case .with(let bindings, _): for binding in bindings { read(binding.value, &names) }
    case .macro(let macro): names.store(macro.name)
    case .callBlock(_, let call): read(call, &names)
    case .filterBlock(let filter, _): read(filter, &names)
    }
  }

  /// Later tests see only what is common, like the branches of an `if` inside an `else`.
  private func read(
    _ branches: ArraySlice<(test: TemplateExpression, body: [TemplateStatement])>,
    otherwise: [TemplateStatement],
    _ names: inout Names
  ) {
    guard let first = branches.first else { return }
    read(first.test, &names)
    var alternatives: [Names] = []
    var body = names
    for statement in first.body { read(statement, &body) }
    alternatives.append(body)
    var elseIf = names
    for branch in branches.dropFirst() { read([branch][...], otherwise: [], &elseIf) }
    alternatives.append(elseIf)
    var last = names
    for statement in otherwise { read(statement, &last) }
    alternatives.append(last)
    names.merge(alternatives)
  }

  private func store(_ target: AssignmentTarget, _ names: inout Names) {
    switch target {
    case .name(let name): names.store(name)
    case .tuple(let targets): for target in targets { store(target, &names) }
    case .attribute(let name, _): names.load(name)
    }
  }

  private func read(_ expression: TemplateExpression, _ names: inout Names) {
    if case .name(let name) = expression.kind { names.load(name) }
    for operand in expression.operands { read(operand, &names) }
  }

  private mutating func descend(into statement: TemplateStatement, ancestors: [Int]) {
    switch statement.kind {
    case .text, .output, .assign, .breakLoop, .continueLoop: break
    case .branches(let branches, let otherwise):
      for inner in branches.flatMap(\.body) + otherwise {
        descend(into: inner, ancestors: ancestors)
      }
    case .loop(let loop): descend(into: loop, ancestors: ancestors)
    case .assignBlock(_, let filter, let block):
      analyse(
        block.statements, frame: block.frame, parameters: [], loads: filter.map { [$0] } ?? [],
        ancestors: ancestors)
    case .with(let bindings, let block):
      analyse(
        block.statements, frame: block.frame, parameters: bindings.flatMap(\.target.names),
        ancestors: ancestors)
    case .macro(let macro), .callBlock(let macro, _), .generation(let macro):
      analyse(
        macro.body.statements, frame: macro.body.frame,
        parameters: macro.parameters.map(\.name) + macro.specialParameters,
        loads: macro.parameters.compactMap(\.defaultValue), ancestors: ancestors)
    case .filterBlock(let filter, let block):
      analyse(
        block.statements, frame: block.frame, parameters: [], loads: [filter],
        ancestors: ancestors)
    }
  }

  private mutating func descend(into loop: TemplateForLoop, ancestors: [Int]) {
    let names = loop.target.names
    analyse(
      [], frame: loop.conditionFrame, parameters: names,
      loads: loop.condition.map { [$0] } ?? [], ancestors: ancestors)
    analyse(
      loop.body.statements, frame: loop.body.frame, parameters: ["loop"] + names,
      ancestors: ancestors)
    analyse(
      loop.otherwise.statements, frame: loop.otherwise.frame, parameters: [],
      ancestors: ancestors)
  }
}
