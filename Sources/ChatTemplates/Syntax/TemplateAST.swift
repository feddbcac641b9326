/// An expression, where it starts, and how deeply it is nested.
struct TemplateExpression: Sendable {
  let kind: Kind
  let line: Int
  /// One more than the deepest operand's depth, bounded so that evaluation cannot exhaust the stack.
  let depth: Int

  indirect enum Kind: Sendable {
    case constant(TemplateConstant)
    case name(String)
    case tuple([TemplateExpression])
    case list([TemplateExpression])
    case dictionary([(key: TemplateExpression, value: TemplateExpression)])
    case attribute(TemplateExpression, String)
    case item(TemplateExpression, TemplateExpression)
    case slice(TemplateExpression, TemplateExpression?, TemplateExpression?, TemplateExpression?)
    case call(TemplateExpression, WrittenArguments)
    case filter(TemplateExpression?, String, WrittenArguments)
    case test(TemplateExpression, String, WrittenArguments)
    case not(TemplateExpression)
    case sign(TemplateSymbol, TemplateExpression)
    case binary(TemplateSymbol, TemplateExpression, TemplateExpression)
    case and(TemplateExpression, TemplateExpression)
    case or(TemplateExpression, TemplateExpression)
    case comparison(TemplateExpression, [(TemplateComparison, TemplateExpression)])
    case concatenation([TemplateExpression])
    case conditional(
      test: TemplateExpression, then: TemplateExpression, otherwise: TemplateExpression?)
  }
}

/// A literal.
enum TemplateConstant: Sendable {
  case none
  case bool(Bool)
  case int(Int)
  case float(Double)
  case string(PythonText)
}

/// A comparison operator.
enum TemplateComparison: String, Sendable {
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case isIn = "in"
  case isNotIn = "not in"
}

/// What stands between the parentheses of a call.
struct WrittenArguments: Sendable {
  var positional: [TemplateExpression] = []
  var keywords: [(name: String, value: TemplateExpression)] = []
  var spreadList: TemplateExpression?
  var spreadMapping: TemplateExpression?

  /// Every expression among the arguments.
  var expressions: [TemplateExpression] {
    positional + keywords.map(\.value) + [spreadList, spreadMapping].compactMap { $0 }
  }
}

/// What an assignment writes to.
indirect enum AssignmentTarget: Sendable {
  case name(String)
  case tuple([AssignmentTarget])
  case attribute(of: String, String)
}

/// Statements with a scope of their own; `frame` is the scope's index in the analysis.
struct TemplateBlock: Sendable {
  let statements: [TemplateStatement]
  let frame: Int
}

/// A statement and its line.
struct TemplateStatement: Sendable {
  let kind: Kind
  let line: Int

  indirect enum Kind: Sendable {
    case text(PythonText)
    case output([TemplateExpression])
    case branches(
      [(test: TemplateExpression, body: [TemplateStatement])], otherwise: [TemplateStatement])
    case loop(TemplateForLoop)
    case assign(AssignmentTarget, TemplateExpression)
    case assignBlock(AssignmentTarget, filter: TemplateExpression?, TemplateBlock)
    case with([(target: AssignmentTarget, value: TemplateExpression)], TemplateBlock)
    case macro(MacroDefinition)
    case callBlock(MacroDefinition, call: TemplateExpression)
    case filterBlock(TemplateExpression, TemplateBlock)
    case generation(MacroDefinition)
    case breakLoop
    case continueLoop
  }
}

/// A `for` statement.
struct TemplateForLoop: Sendable {
  let target: AssignmentTarget
  let iterable: TemplateExpression
  let condition: TemplateExpression?
  let conditionFrame: Int
  let body: TemplateBlock
  let otherwise: TemplateBlock
}

/// A macro, or the body that a `call` block hands over.
struct MacroDefinition: Sendable {
  let name: String
  let parameters: [(name: String, defaultValue: TemplateExpression?)]
  let body: TemplateBlock
  /// The variables that the macro receives because its body mentions them.
  let specialParameters: [String]

  init(
    name: String, parameters: [(name: String, defaultValue: TemplateExpression?)],
    body: TemplateBlock
  ) {
    self.name = name
    self.parameters = parameters
    self.body = body
    specialParameters = ["caller", "kwargs", "varargs"].filter { name in
      !parameters.contains { $0.name == name } && body.statements.contains { $0.reads(name) }
    }
  }
}
