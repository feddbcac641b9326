extension TemplateInterpreter {
  /// `value.name`: an attribute if Python has one of that name, else an entry of a mapping.
  func attribute(_ name: String, of value: PythonValue) throws(ChatTemplateError) -> PythonValue {
    if let found = try pythonAttribute(name, of: value) { return found }
    if case .dictionary(let dictionary) = value, let found = dictionary[name] { return found }
    return missing(name, of: value)
  }

  /// `value[index]`: an element if there is one, else an attribute.
  func item(_ index: PythonValue, of value: PythonValue) throws(ChatTemplateError) -> PythonValue {
    if let found = try element(at: index, of: value) { return found }
    guard case .string(let text) = index else {
      let shown = try? representation(of: index).string
      return missing(shown ?? index.typeName, of: value)
    }
    if let found = try pythonAttribute(text.string, of: value) { return found }
    return missing(text.string, of: value)
  }

  private func missing(_ name: String, of value: PythonValue) -> PythonValue {
    .undefined(
      UndefinedValue("a value of type \(value.typeName) has no attribute or item '\(name)'"))
  }

  private func element(at index: PythonValue, of value: PythonValue) throws(ChatTemplateError)
    -> PythonValue?
  {
    switch value {
    case .undefined: throw wrongType("a subscript", value)
    case .markup: throw wrongType("a subscript", value)
    case .dictionary(let dictionary):
      try charge(index.weight)
      return PythonKey(index).flatMap { dictionary[$0] }
    case .string(let text):
      return position(index, count: text.count).map { .string(PythonText([text.scalars[$0]])) }
    case .list(let items), .tuple(let items):
      return position(index, count: items.count).map { items.values[$0] }
    case .range(let range): return position(index, count: range.count).map { .int(range[$0]) }
    default: return nil
    }
  }

  /// The position an index stands for, negative ones counted from the end.
  private func position(_ index: PythonValue, count: Int) -> Int? {
    guard let index = index.integer, index >= -count, index < count else { return nil }
    return index < 0 ? index + count : index
  }

  /// An attribute of the Python object; `nil` if it has none of that name.
  private func pythonAttribute(
    _ name: String, of value: PythonValue
  ) throws(ChatTemplateError) -> PythonValue? {
    switch value {
    case .undefined where !name.hasPrefix("__"): throw wrongType("an attribute", value)
    case .markup: throw wrongType("an attribute", value)
    case .namespace(let namespace): return namespace.attributes[name]
    case .loop(let loop): return try loop.attribute(name)
    default: break
    }
    if name.hasPrefix("__") {
      if case .dictionary(let dictionary) = value, dictionary[name] != nil { return nil }
      throw unsupported("the internal attribute '\(name)'")
    }
    guard let attributes = PythonAttributes.of(value) else {
      throw unsupported("the attribute '\(name)' of a \(value.typeName)")
    }
    if attributes.mutating.contains(name) {
      let explanation = "'\(name)' would change a \(value.typeName), which templates must not do"
      return .undefined(UndefinedValue(explanation))
    }
    if attributes.methods.contains(name) { return .function(TemplateFunction(name, of: value)) }
    if attributes.data.contains(name) {
      throw unsupported("the attribute '\(name)' of a \(value.typeName)")
    }
    return nil
  }

  /// Python's slice of a text, list, tuple or range.
  func slice(
    _ value: PythonValue, from lower: Int?, to upper: Int?, by step: Int?
  ) throws(ChatTemplateError) -> PythonValue {
    guard step != 0, step != Int.min else {
      throw failure("the step of a slice is zero or too low")
    }
    switch value {
    case .string(let text):
      let picked = indices(text.count, lower, upper, step ?? 1)
      return .string(PythonText(picked.map { text.scalars[$0] }))
    case .list(let items):
      return .list(indices(items.count, lower, upper, step ?? 1).map { items.values[$0] })
    case .tuple(let items):
      return .tuple(indices(items.count, lower, upper, step ?? 1).map { items.values[$0] })
    case .range: throw unsupported("a slice of a range")
    default: throw wrongType("slicing", value)
    }
  }

  /// The indices that a slice picks, as `slice.indices` clips them.
  private func indices(_ count: Int, _ lower: Int?, _ upper: Int?, _ step: Int) -> [Int] {
    let lowest = step > 0 ? 0 : -1
    let highest = step > 0 ? count : count - 1
    func clip(_ bound: Int) -> Int {
      bound < 0 ? max(bound < -count ? -count - 1 : bound, -count - 1) + count : bound
    }
    let start = lower.map { min(max(clip($0), lowest), highest) } ?? (step > 0 ? lowest : highest)
    let stop = upper.map { min(max(clip($0), lowest), highest) } ?? (step > 0 ? highest : lowest)
    return Array(stride(from: start, to: stop, by: step))
  }
}

/// The attribute names of Python's built-in types, which take precedence over a mapping's keys.
struct PythonAttributes {
  let methods: Set<String>
  var mutating: Set<String> = []
  var data: Set<String> = []

  /// The names for a value's type, or `nil` if they are not known.
  static func of(_ value: PythonValue) -> PythonAttributes? {
    switch value {
    case .string: return string
    case .list: return list
    case .tuple: return PythonAttributes(methods: ["count", "index"])
    case .dictionary: return dictionary
    case .bool, .int: return int
    case .float: return float
    case .view: return PythonAttributes(methods: ["isdisjoint"], data: ["mapping"])
    case .range:
      return PythonAttributes(methods: ["count", "index"], data: ["start", "stop", "step"])
    case .none: return PythonAttributes(methods: [])
    default: return nil
    }
  }

  private static let string = PythonAttributes(methods: [
    "capitalize", "casefold", "center", "count", "encode", "endswith", "expandtabs", "find",
    "format", "format_map", "index", "isalnum", "isalpha", "isascii", "isdecimal", "isdigit",
    "isidentifier", "islower", "isnumeric", "isprintable", "isspace", "istitle", "isupper", "join",
    "ljust", "lower", "lstrip", "maketrans", "partition", "removeprefix", "removesuffix", "replace",
    "rfind", "rindex", "rjust", "rpartition", "rsplit", "rstrip", "split", "splitlines",
    "startswith", "strip", "swapcase", "title", "translate", "upper", "zfill",
  ])

  private static let list = PythonAttributes(
    methods: ["copy", "count", "index"],
    mutating: ["append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"])

  private static let dictionary = PythonAttributes(
    methods: ["copy", "fromkeys", "get", "items", "keys", "values"],
    mutating: ["clear", "pop", "popitem", "setdefault", "update"])

  private static let int = PythonAttributes(
    methods: [
      "as_integer_ratio", "bit_count", "bit_length", "conjugate", "from_bytes", "to_bytes",
    ],
    data: ["denominator", "imag", "numerator", "real"])

  private static let float = PythonAttributes(
    methods: ["as_integer_ratio", "conjugate", "fromhex", "hex", "is_integer"],
    data: ["imag", "real"])
}
