/// The variable `loop` of a `for` statement, and the loop's own state.
///
/// Items are fetched as late as Python fetches them: a condition of the `for` can depend on what
/// the body did before.
final class LoopContext {
  private let fetch: () throws(ChatTemplateError) -> PythonValue?
  /// The number of items if it is known without running the conditions.
  private let knownCount: Int?
  private var pending: [PythonValue] = []
  /// How many of the pending items were already handed out.
  private var consumed = 0
  private var isExhausted = false
  private var total: Int?
  private(set) var index = -1
  private var current: PythonValue?
  private var previous: PythonValue?
  private var lastChanged: [PythonValue]?

  init(knownCount: Int?, fetch: @escaping () throws(ChatTemplateError) -> PythonValue?) {
    self.knownCount = knownCount
    self.fetch = fetch
  }

  /// Moves to the next item, or returns `nil` at the end.
  func next() throws(ChatTemplateError) -> PythonValue? {
    guard let item = try peek() else { return nil }
    consumed += 1
    if consumed == pending.count {
      pending.removeAll(keepingCapacity: true)
      consumed = 0
    }
    index += 1
    previous = current
    current = item
    return item
  }

  private func peek() throws(ChatTemplateError) -> PythonValue? {
    if consumed < pending.count { return pending[consumed] }
    if isExhausted { return nil }
    guard let item = try fetch() else {
      isExhausted = true
      return nil
    }
    pending.append(item)
    return item
  }

  func length() throws(ChatTemplateError) -> Int {
    if let total = knownCount ?? self.total { return total }
    while !isExhausted {
      guard let item = try fetch() else {
        isExhausted = true
        break
      }
      pending.append(item)
    }
    let count = index + 1 + pending.count - consumed
    self.total = count
    return count
  }

  /// An attribute of `loop`, or `nil` if it has none of that name.
  func attribute(_ name: String) throws(ChatTemplateError) -> PythonValue? {
    switch name {
    case "index": return .int(index + 1)
    case "index0": return .int(index)
    case "first": return .bool(index == 0)
    case "last": return .bool(try peek() == nil)
    case "length": return .int(try length())
    case "revindex": return .int(try length() - index)
    case "revindex0": return .int(try length() - index - 1)
    case "depth": return .int(1)
    case "depth0": return .int(0)
    case "previtem": return previous ?? .undefined(UndefinedValue("there is no previous item"))
    case "nextitem":
      let next = try peek()
      return next ?? .undefined(UndefinedValue("there is no next item"))
    case "cycle", "changed": return .function(TemplateFunction(name, of: .loop(self)))
    default: return nil
    }
  }

  /// Whether the values differ from those of the last call, by `areEqual`.
  func changed(
    _ values: [PythonValue],
    _ areEqual: (PythonValue, PythonValue) throws(ChatTemplateError) -> Bool
  ) throws(ChatTemplateError) -> Bool {
    var isSame = lastChanged?.count == values.count
    for (last, value) in zip(lastChanged ?? [], values) where isSame {
      isSame = try areEqual(last, value)
    }
    if !isSame { lastChanged = values }
    return !isSame
  }
}
