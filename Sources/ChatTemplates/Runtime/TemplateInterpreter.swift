/// Runs one rendering of a template.
///
/// Every step, every created text and every nested evaluation is counted, so that no template can
/// run forever, fill the memory or exhaust the stack.
final class TemplateInterpreter {
  /// How many operations one rendering may take.
  static let maximumSteps = 20_000_000
  /// How many scalars a text, and how many elements a list may have.
  static let maximumSize = 16_777_216
  /// How deeply evaluation, macro calls included, may nest.
  static let maximumNesting = 200
  /// How deeply lists, tuples and dictionaries may nest.
  static let maximumValueDepth = 100

  let template: String
  let frames: [[String: InitialBinding]]
  let context: [String: PythonValue]
  let clock: TemplateClock
  var scope: TemplateScope
  var line = 1
  private var steps = 0
  private var nesting = 0
  private var buffers: [[Unicode.Scalar]] = [[]]
  private var rootScopes: [TemplateScope] = []

  init(
    template: String, frames: [[String: InitialBinding]], context: [String: PythonValue],
    clock: TemplateClock
  ) {
    self.template = template
    self.frames = frames
    self.context = context
    self.clock = clock
    scope = TemplateScope([:], parent: nil)
  }

  /// Renders the whole template.
  func render(_ body: TemplateBlock) throws(ChatTemplateError) -> PythonText {
    defer { for scope in rootScopes { scope.clear() } }
    scope = enterScope(body.frame, parent: nil)
    keepUntilEnd(scope)
    _ = try execute(body.statements)
    return PythonText(buffers[0])
  }

  /// A new scope with its variables' first values.
  func enterScope(_ frame: Int, parent: TemplateScope?) -> TemplateScope {
    let scope = TemplateScope(frames[frame], parent: parent)
    scope.reset(context: context)
    return scope
  }

  /// A scope that a macro or an iterator refers to must be emptied at the end, or it would keep itself alive.
  func keepUntilEnd(_ scope: TemplateScope) {
    if rootScopes.last !== scope { rootScopes.append(scope) }
  }

  /// Runs statements in another scope and returns to this one.
  func inside<Result>(
    _ inner: TemplateScope, _ body: () throws(ChatTemplateError) -> Result
  ) throws(ChatTemplateError) -> Result {
    let outer = scope
    scope = inner
    defer { scope = outer }
    return try body()
  }

  /// What statements print, as a value instead of output.
  func capture(
    _ body: () throws(ChatTemplateError) -> TemplateFlow
  ) throws(ChatTemplateError) -> (flow: TemplateFlow, text: PythonText) {
    buffers.append([])
    let flow: TemplateFlow
    do throws(ChatTemplateError) {
      flow = try body()
    } catch {
      buffers.removeLast()
      throw error
    }
    return (flow, PythonText(buffers.removeLast()))
  }

  func write(_ text: PythonText) throws(ChatTemplateError) {
    buffers[buffers.count - 1] += text.scalars
    try charge(text.count / 64)
    try checkSize(buffers[buffers.count - 1].count)
  }
}

extension TemplateInterpreter {
  /// Counts work that is about to be done.
  func charge(_ amount: Int) throws(ChatTemplateError) {
    steps += 1 + max(amount, 0)
    guard steps <= TemplateInterpreter.maximumSteps else {
      throw limit("rendering took more than \(TemplateInterpreter.maximumSteps) steps")
    }
  }

  func checkSize(_ count: Int) throws(ChatTemplateError) {
    guard count <= TemplateInterpreter.maximumSize else {
      throw limit("a text or list grew beyond \(TemplateInterpreter.maximumSize) elements")
    }
  }

  /// Goes one level deeper; the caller leaves it again.
  func enter() throws(ChatTemplateError) {
    guard nesting < TemplateInterpreter.maximumNesting else {
      throw limit("evaluation nested deeper than \(TemplateInterpreter.maximumNesting) levels")
    }
    nesting += 1
  }

  /// Comes back from the level that ``enter()`` went to.
  func leave() {
    nesting -= 1
  }

  /// The value, unless containers in it nest too deeply.
  func checked(_ value: PythonValue) throws(ChatTemplateError) -> PythonValue {
    guard value.depth <= TemplateInterpreter.maximumValueDepth else {
      throw limit("values nest deeper than \(TemplateInterpreter.maximumValueDepth) levels")
    }
    return value
  }

  func failure(_ problem: String) -> ChatTemplateError {
    .evaluation(template: template, line: line, problem: problem)
  }

  func unsupported(_ construct: String) -> ChatTemplateError {
    .unsupported(template: template, line: line, construct: construct)
  }

  func limit(_ bound: String) -> ChatTemplateError {
    .limit(template: template, line: line, bound: bound)
  }

  /// What Python reports when a value cannot be part of an operation.
  func wrongType(_ operation: String, _ value: PythonValue) -> ChatTemplateError {
    switch value {
    case .undefined(let undefined): return failure(undefined.explanation)
    case .markup: return unsupported("\(operation) of a string marked by 'safe' or 'escape'")
    default: return failure("\(operation) is not possible with a value of type \(value.typeName)")
    }
  }
}
