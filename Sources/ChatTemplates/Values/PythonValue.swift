/// A value while a template runs: what Python would hold at the same place.
enum PythonValue {
  case undefined(UndefinedValue)
  case none
  case bool(Bool)
  case int(Int)
  case float(Double)
  case string(PythonText)
  /// A string that the filters `safe` and `escape` marked; it can be joined and printed only.
  case markup(PythonText)
  case list(PythonItems)
  case tuple(PythonItems)
  case dictionary(PythonDictionary)
  case view(PythonDictionaryView)
  case range(PythonRange)
  case iterator(ValueIterator)
  case namespace(TemplateNamespace)
  case loop(LoopContext)
  case macro(TemplateMacro)
  case function(TemplateFunction)

  /// What Python calls the value's type.
  var typeName: String {
    switch self {
    case .undefined: return "Undefined"
    case .none: return "NoneType"
    case .bool: return "bool"
    case .int: return "int"
    case .float: return "float"
    case .string: return "str"
    case .markup: return "Markup"
    case .list: return "list"
    case .tuple: return "tuple"
    case .dictionary: return "dict"
    case .view(let view): return view.kind.rawValue
    case .range: return "range"
    case .iterator: return "generator"
    case .namespace: return "namespace"
    case .loop: return "loop"
    case .macro: return "macro"
    case .function: return "function"
    }
  }

  /// How many containers stand inside one another, this value included.
  var depth: Int {
    switch self {
    case .list(let items), .tuple(let items): return items.depth
    case .dictionary(let dictionary): return dictionary.depth
    case .view(let view): return view.dictionary.depth + 1
    case .iterator(let iterator): return iterator.depth
    default: return 0
    }
  }

  /// At most how many steps comparing or hashing the value takes, which contained values that are
  /// shared take again at each place.
  var weight: Int {
    switch self {
    case .string(let text), .markup(let text): return 1 + text.count / 64
    case .list(let items), .tuple(let items): return items.weight
    case .dictionary(let dictionary): return dictionary.weight
    // Views are compared as sets, each value with each.
    case .view(let view): return view.dictionary.weight.timesCapped(view.dictionary.count + 1)
    default: return 1
    }
  }

  /// Whether the value is or contains an object that could form a cycle.
  var holdsReference: Bool {
    switch self {
    case .list(let items), .tuple(let items): return items.holdsReference
    case .dictionary(let dictionary): return dictionary.holdsReference
    case .view(let view): return view.dictionary.holdsReference
    case .iterator(let iterator): return iterator.holdsReference
    case .namespace, .loop, .macro: return true
    case .function(let function): return function.receiver?.holdsReference ?? false
    default: return false
    }
  }

  static func string(_ string: String) -> PythonValue { .string(PythonText(string)) }

  static func list(_ values: [PythonValue]) -> PythonValue { .list(PythonItems(values)) }

  static func tuple(_ values: [PythonValue]) -> PythonValue { .tuple(PythonItems(values)) }
}

/// Why a value is missing, for the message when it is used.
struct UndefinedValue {
  let explanation: String

  init(_ explanation: String) {
    self.explanation = explanation
  }

  init(variable: String) {
    explanation = "the variable '\(variable)' is undefined"
  }
}

extension Int {
  /// More than any rendering may take, and far from overflowing.
  private static let mostWeight = 1 << 40

  func plusCapped(_ other: Int) -> Int { Swift.min(self + other, Int.mostWeight) }

  func timesCapped(_ other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? Int.mostWeight : Swift.min(product, Int.mostWeight)
  }
}

/// The elements of a list or a tuple.
struct PythonItems {
  let values: [PythonValue]
  let depth: Int
  let weight: Int
  let holdsReference: Bool

  init(_ values: [PythonValue]) {
    self.values = values
    weight = values.reduce(1) { $0.plusCapped($1.weight) }
    depth = 1 + (values.lazy.map(\.depth).max() ?? 0)
    holdsReference = values.contains(where: \.holdsReference)
  }

  var count: Int { values.count }
}

/// What `keys()`, `values()` and `items()` return.
struct PythonDictionaryView {
  enum Kind: String {
    case keys = "dict_keys"
    case values = "dict_values"
    case items = "dict_items"
  }

  let kind: Kind
  let dictionary: PythonDictionary

  var values: [PythonValue] {
    switch kind {
    case .keys: return dictionary.entries.map(\.key)
    case .values: return dictionary.entries.map(\.value)
    case .items: return dictionary.entries.map { .tuple([$0.key, $0.value]) }
    }
  }
}

/// Python's `range`.
struct PythonRange {
  let start: Int
  let stop: Int
  let step: Int
  let count: Int

  /// A range, or `nil` if its step is zero or its length is beyond the machine's integers.
  init?(start: Int, stop: Int, step: Int) {
    guard step != 0, step != Int.min else { return nil }
    let (distance, overflows) = stop.subtractingReportingOverflow(start)
    guard !overflows, distance != Int.min else { return nil }
    let isEmpty = distance == 0 || (distance > 0) != (step > 0)
    self.start = start
    self.stop = stop
    self.step = step
    count = isEmpty ? 0 : (abs(distance) - 1) / abs(step) + 1
  }

  /// The number at an index that is known to lie inside.
  subscript(index: Int) -> Int { start + index * step }

  /// The index of a number, if the range contains it.
  func index(of number: Int) -> Int? {
    let (distance, overflows) = number.subtractingReportingOverflow(start)
    guard !overflows, distance % step == 0 else { return nil }
    let index = distance / step
    return index >= 0 && index < count ? index : nil
  }
}

/// Values that are produced one by one and only once.
final class ValueIterator {
  let depth: Int
  let holdsReference: Bool
  private var advance: (() throws(ChatTemplateError) -> PythonValue?)?

  init(
    over source: PythonValue, advance: @escaping () throws(ChatTemplateError) -> PythonValue?
  ) {
    depth = source.depth + 1
    holdsReference = source.holdsReference
    self.advance = advance
  }

  /// The next value, or `nil` once the values are used up.
  func next() throws(ChatTemplateError) -> PythonValue? {
    guard let value = try advance?() else {
      advance = nil
      return nil
    }
    return value
  }
}

/// The object that `namespace(...)` creates: the only one that templates can change.
final class TemplateNamespace {
  var attributes = PythonDictionary()
}

/// A macro together with the scope in which it was defined.
final class TemplateMacro {
  let definition: MacroDefinition
  let scope: TemplateScope

  init(_ definition: MacroDefinition, scope: TemplateScope) {
    self.definition = definition
    self.scope = scope
  }
}

/// A built-in function, or a method together with the value it belongs to.
final class TemplateFunction {
  let name: String
  let receiver: PythonValue?

  init(_ name: String, of receiver: PythonValue? = nil) {
    self.name = name
    self.receiver = receiver
  }
}
