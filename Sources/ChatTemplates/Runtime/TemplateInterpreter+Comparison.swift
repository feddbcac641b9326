extension TemplateInterpreter {
  /// Python's comparison operators.
  func compare(
    _ left: PythonValue, _ comparison: TemplateComparison, _ right: PythonValue
  ) throws(ChatTemplateError) -> Bool {
    switch comparison {
    case .equal: return try areEqual(left, right)
    case .notEqual: return try !areEqual(left, right)
    case .isIn: return try contains(right, left)
    case .isNotIn: return !(try contains(right, left))
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      return try isOrdered(left, comparison, right)
    }
  }

  /// Python's `==`, after the steps that it may take are counted.
  func areEqual(
    _ left: PythonValue, _ right: PythonValue
  ) throws(ChatTemplateError) -> Bool {
    try charge(min(left.weight, right.weight))
    return left == right
  }

  private func isOrdered(
    _ left: PythonValue, _ comparison: TemplateComparison, _ right: PythonValue
  ) throws(ChatTemplateError) -> Bool {
    try charge(min(left.weight, right.weight))
    if let first = left.number, let second = right.number {
      return TemplateInterpreter.accepts(comparison, first.compare(second))
    }
    if let first = left.text, let second = right.text {
      return TemplateInterpreter.accepts(
        comparison, first < second ? .less : second < first ? .greater : .equal)
    }
    switch (left, right) {
    case (.list(let first), .list(let second)), (.tuple(let first), .tuple(let second)):
      return try areOrdered(first.values, comparison, second.values)
    case (.undefined, _): throw wrongType("'\(comparison.rawValue)'", left)
    case (_, .undefined): throw wrongType("'\(comparison.rawValue)'", right)
    case (.view, .view): throw unsupported("comparing views of dictionaries")
    default:
      throw failure(
        "'\(comparison.rawValue)' cannot compare \(left.typeName) and \(right.typeName)")
    }
  }

  private static func accepts(_ comparison: TemplateComparison, _ order: PythonNumber.Order) -> Bool
  {
    switch comparison {
    case .less: return order == .less
    case .lessOrEqual: return order == .less || order == .equal
    case .greater: return order == .greater
    case .greaterOrEqual: return order == .greater || order == .equal
    case .equal: return order == .equal
    case .notEqual: return order != .equal
    case .isIn, .isNotIn: return false
    }
  }

  /// The first elements that differ decide, then the lengths.
  private func areOrdered(
    _ left: [PythonValue], _ comparison: TemplateComparison, _ right: [PythonValue]
  ) throws(ChatTemplateError) -> Bool {
    for (first, second) in zip(left, right) {
      guard try areEqual(first, second) else { return try isOrdered(first, comparison, second) }
    }
    return TemplateInterpreter.accepts(
      comparison, PythonNumber.int(left.count).compare(.int(right.count)))
  }

  /// Python's `in`.
  private func contains(
    _ container: PythonValue, _ value: PythonValue
  ) throws(ChatTemplateError) -> Bool {
    switch container {
    case .string(let text):
      guard let wanted = value.text else {
        throw failure("'in' a string needs a string, not \(value.typeName)")
      }
      try charge(text.count / 16)
      return text.find(wanted, in: 0..<text.count) != nil
    case .dictionary(let dictionary): return dictionary[try key(value)] != nil
    case .view(let view) where view.kind == .keys:
      return view.dictionary[try key(value)] != nil
    case .namespace, .none, .bool, .int, .float, .macro, .function, .markup, .loop:
      throw wrongType("'in'", container)
    default:
      let iterator = try iterator(over: container)
      while let element = try iterator.next() {
        if try areEqual(element, value) { return true }
      }
      return false
    }
  }

  /// Elements in Python's order; equal ones keep their places, reversed or not.
  func sorted<Element>(
    _ elements: [Element], isReversed: Bool,
    key: (Element) throws(ChatTemplateError) -> PythonValue
  ) throws(ChatTemplateError) -> [Element] {
    var keyed: [(element: Element, key: PythonValue)] = []
    for element in elements { keyed.append((element, try key(element))) }
    try charge(keyed.count * (1 + Int.bitWidth - keyed.count.leadingZeroBitCount))
    do {
      try keyed.sort { left, right in
        let (first, second) = isReversed ? (right, left) : (left, right)
        return try compare(first.key, .less, second.key)
      }
    } catch let error as ChatTemplateError {
      throw error
    } catch {
      throw failure("sorting failed: \(error)")
    }
    return keyed.map(\.element)
  }
}
