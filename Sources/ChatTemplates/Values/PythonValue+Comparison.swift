extension PythonValue {
  /// Python's truth of a value.
  var isTrue: Bool {
    switch self {
    case .undefined, .none: return false
    case .bool(let bool): return bool
    case .int(let int): return int != 0
    case .float(let float): return float != 0
    case .string(let text), .markup(let text): return !text.isEmpty
    case .list(let items), .tuple(let items): return items.count > 0
    case .dictionary(let dictionary): return dictionary.count > 0
    case .view(let view): return view.dictionary.count > 0
    case .range(let range): return range.count > 0
    case .iterator, .namespace, .loop, .macro, .function: return true
    }
  }

  /// The number that arithmetic sees in a value; a truth value counts as 0 or 1.
  var number: PythonNumber? {
    switch self {
    case .bool(let bool): return .int(bool ? 1 : 0)
    case .int(let int): return .int(int)
    case .float(let float): return .float(float)
    default: return nil
    }
  }

  /// The whole number that an index or a count can be.
  var integer: Int? {
    if case .int(let int)? = number { return int }
    return nil
  }

  /// The text of a string, marked or not.
  var text: PythonText? {
    switch self {
    case .string(let text), .markup(let text): return text
    default: return nil
    }
  }

  /// Python's `==`.
  static func == (left: PythonValue, right: PythonValue) -> Bool {
    if let first = left.number, let second = right.number { return first.compare(second) == .equal }
    if let first = left.text, let second = right.text { return first == second }
    switch (left, right) {
    case (.undefined, .undefined), (.none, .none): return true
    case (.list(let first), .list(let second)), (.tuple(let first), .tuple(let second)):
      return first.count == second.count && zip(first.values, second.values).allSatisfy(isSame)
    case (.dictionary(let first), .dictionary(let second)): return areEqual(first, second)
    case (.range(let first), .range(let second)): return areEqual(first, second)
    case (.view(let first), .view(let second)): return areEqual(first, second)
    case (.iterator(let first), .iterator(let second)): return first === second
    case (.namespace(let first), .namespace(let second)): return first === second
    case (.loop(let first), .loop(let second)): return first === second
    case (.macro(let first), .macro(let second)): return first === second
    case (.function(let first), .function(let second)): return first === second
    default: return false
    }
  }

  private static func isSame(_ pair: (PythonValue, PythonValue)) -> Bool {
    pair.0 == pair.1
  }

  private static func areEqual(_ left: PythonDictionary, _ right: PythonDictionary) -> Bool {
    guard left.count == right.count else { return false }
    return left.entries.allSatisfy { entry in
      guard let key = PythonKey(entry.key), let other = right[key] else { return false }
      return entry.value == other
    }
  }

  private static func areEqual(_ left: PythonRange, _ right: PythonRange) -> Bool {
    guard left.count == right.count else { return false }
    if left.count == 0 { return true }
    return left.start == right.start && (left.count == 1 || left.step == right.step)
  }

  /// Key and item views are sets to Python; value views equal only themselves.
  private static func areEqual(_ left: PythonDictionaryView, _ right: PythonDictionaryView) -> Bool
  {
    guard left.kind != .values, right.kind != .values else { return false }
    let others = right.values
    return left.dictionary.count == right.dictionary.count
      && left.values.allSatisfy { value in others.contains { $0 == value } }
  }
}

/// A number of either kind.
enum PythonNumber {
  case int(Int)
  case float(Double)

  enum Order {
    case less, equal, greater, unordered
  }

  var double: Double {
    switch self {
    case .int(let int): return Double(int)
    case .float(let float): return float
    }
  }

  /// The exact order of two numbers, mixed kinds included.
  func compare(_ other: PythonNumber) -> Order {
    switch (self, other) {
    case (.int(let left), .int(let right)):
      return left < right ? .less : left > right ? .greater : .equal
    case (.float(let left), .float(let right)):
      return left < right ? .less : left > right ? .greater : left == right ? .equal : .unordered
    case (.float(let left), .int(let right)): return PythonNumber.compare(left, right)
    case (.int(let left), .float(let right)):
      switch PythonNumber.compare(right, left) {
      case .less: return .greater
      case .greater: return .less
      case let order: return order
      }
    }
  }

  private static func compare(_ left: Double, _ right: Int) -> Order {
    if left.isNaN { return .unordered }
    if left >= 0x1p63 { return .greater }
    if left < -0x1p63 { return .less }
    let whole = Int(left.rounded(.down))
    if whole != right { return whole < right ? .less : .greater }
    return left > left.rounded(.down) ? .greater : .equal
  }
}
