extension TemplateInterpreter {
  /// The filters that take sequences apart and put them together.
  func sequenceFilter(
    _ name: String, _ value: PythonValue, _ arguments: PassedArguments
  ) throws(ChatTemplateError) -> PythonValue? {
    switch name {
    case "length", "count":
      _ = try bind(arguments, [], of: name)
      guard let count = count(of: value) else { throw wrongType("the filter '\(name)'", value) }
      return .int(count)
    case "first":
      _ = try bind(arguments, [], of: name)
      let first = try iterator(over: value).next()
      return first ?? .undefined(UndefinedValue("a sequence was empty"))
    case "last":
      _ = try bind(arguments, [], of: name)
      guard let values = sequence(value) else { throw wrongType("the filter 'last'", value) }
      return values.last ?? .undefined(UndefinedValue("a sequence was empty"))
    case "list":
      _ = try bind(arguments, [], of: name)
      return .list(try elements(of: value))
    case "reverse":
      _ = try bind(arguments, [], of: name)
      return try reversed(value)
    case "join": return .string(try join(value, arguments))
    case "items":
      _ = try bind(arguments, [], of: name)
      return items(of: value)
    case "batch": return try batches(of: value, arguments)
    default: return nil
    }
  }

  private func reversed(_ value: PythonValue) throws(ChatTemplateError) -> PythonValue {
    if case .string(let text) = value { return .string(PythonText(text.scalars.reversed())) }
    if case .markup = value { throw wrongType("the filter 'reverse'", value) }
    let values = Array(try elements(of: value).reversed())
    if case .iterator = value { return .list(values) }
    var index = 0
    return .iterator(
      ValueIterator(over: value) { () throws(ChatTemplateError) in
        guard index < values.count else { return nil }
        defer { index += 1 }
        return values[index]
      })
  }

  private func join(
    _ value: PythonValue, _ arguments: PassedArguments
  ) throws(ChatTemplateError) -> PythonText {
    let values = try bind(arguments, ["d", "attribute"], of: "join")
    let getter = try attributeGetter(values[1])
    let separator = try string(of: values[0] ?? .string(""))
    var parts: [PythonText] = []
    for element in try elements(of: value) {
      parts.append(try string(of: try get(getter, of: element)))
    }
    return try joined(parts, separator: separator)
  }

  /// The pairs of a mapping, made when they are asked for.
  private func items(of value: PythonValue) -> PythonValue {
    var pairs: [PythonValue]?
    var index = 0
    return .iterator(
      ValueIterator(over: value) { [self] () throws(ChatTemplateError) in
        if pairs == nil {
          switch value {
          case .undefined: pairs = []
          case .dictionary(let dictionary):
            pairs = dictionary.entries.map { .tuple([$0.key, $0.value]) }
          default: throw wrongType("the filter 'items'", value)
          }
        }
        guard let all = pairs, index < all.count else { return nil }
        defer { index += 1 }
        return all[index]
      })
  }

  private func batches(
    of value: PythonValue, _ arguments: PassedArguments
  ) throws(ChatTemplateError) -> PythonValue {
    let values = try bind(arguments, ["linecount", "fill_with"], required: 1, of: "batch")
    let size = try integer(values[0], default: 1, of: "batch")
    guard size > 0 else { throw unsupported("a batch of less than one element") }
    var fill = values[1]
    if case .none? = values[1] { fill = nil }
    let source = LazySource(value)
    return .iterator(
      ValueIterator(over: value) { [self] () throws(ChatTemplateError) in
        let iterator = try source.iterator(self)
        var batch: [PythonValue] = []
        while batch.count < size, let next = try iterator.next() { batch.append(next) }
        guard !batch.isEmpty else { return nil }
        if let fill {
          try checkSize(size)
          try charge(size)
          batch += Array(repeating: fill, count: size - batch.count)
        }
        return .list(batch)
      })
  }
}
