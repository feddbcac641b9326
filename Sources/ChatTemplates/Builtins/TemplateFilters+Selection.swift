/// A path of attributes and indices, as the filters with `attribute=` take it.
struct AttributeGetter {
  let path: [PythonValue]
  var defaultValue: PythonValue?
}

/// A value whose iteration starts when the first element is asked for.
final class LazySource {
  private let value: PythonValue
  private var started: ValueIterator?

  init(_ value: PythonValue) {
    self.value = value
  }

  func iterator(_ interpreter: TemplateInterpreter) throws(ChatTemplateError) -> ValueIterator {
    if let started { return started }
    let iterator = try interpreter.iterator(over: value)
    started = iterator
    return iterator
  }
}

extension TemplateInterpreter {
  /// The filters that map and select elements, one by one and only when they are asked for.
  func selectionFilter(
    _ name: String, _ value: PythonValue, _ arguments: PassedArguments
  ) throws(ChatTemplateError) -> PythonValue? {
    switch name {
    case "map":
      var transform: ((PythonValue) throws(ChatTemplateError) -> PythonValue)?
      return lazily(value) { [self] (element: PythonValue) throws(ChatTemplateError) in
        if let function = transform { return try function(element) }
        let function = try mapping(arguments)
        transform = function
        return try function(element)
      }
    case "select", "reject", "selectattr", "rejectattr":
      let isWanted = name.hasPrefix("select")
      let usesAttribute = name.hasSuffix("attr")
      return lazily(value) { [self] (element: PythonValue) throws(ChatTemplateError) in
        let accepts = try accepts(element, usesAttribute: usesAttribute, arguments)
        return accepts == isWanted ? element : nil
      }
    case "unique": return try unique(value, arguments)
    default: return nil
    }
  }

  /// The transformed elements of a value; those that become `nil` are left out, and a value that
  /// is false has no elements.
  private func lazily(
    _ value: PythonValue,
    _ transform: @escaping (PythonValue) throws(ChatTemplateError) -> PythonValue?
  ) -> PythonValue {
    let source = LazySource(value)
    return .iterator(
      ValueIterator(over: value) { [self] () throws(ChatTemplateError) in
        guard value.isTrue else { return nil }
        try enter()
        defer { leave() }
        let iterator = try source.iterator(self)
        while let element = try iterator.next() {
          try charge(1)
          if let result = try transform(element) { return result }
        }
        return nil
      })
  }

  private func mapping(
    _ arguments: PassedArguments
  ) throws(ChatTemplateError) -> (PythonValue) throws(ChatTemplateError) -> PythonValue {
    if arguments.positional.isEmpty, let attribute = arguments.keyword("attribute") {
      let values = try bind(arguments, ["attribute", "default"], of: "map")
      var getter = try attributeGetter(attribute)
      getter.defaultValue = values[1]
      if case .none? = values[1] { getter.defaultValue = nil }
      return { [self] (element: PythonValue) throws(ChatTemplateError) in
        try get(getter, of: element)
      }
    }
    guard let first = arguments.positional.first else {
      throw failure("the filter 'map' needs a filter's name or an attribute")
    }
    let name = try text(first, of: "the filter 'map'").string
    let rest = arguments.dropping(1)
    return { [self] (element: PythonValue) throws(ChatTemplateError) in
      try filter(name, element, rest)
    }
  }

  private func accepts(
    _ element: PythonValue, usesAttribute: Bool, _ arguments: PassedArguments
  ) throws(ChatTemplateError) -> Bool {
    var tested = element
    if usesAttribute {
      guard let attribute = arguments.positional.first else {
        throw failure("a filter that selects by attribute needs the attribute's name")
      }
      tested = try get(try attributeGetter(attribute), of: element)
    }
    let rest = arguments.dropping(usesAttribute ? 1 : 0)
    guard let first = rest.positional.first else { return tested.isTrue }
    let name = try text(first, of: "a filter that selects").string
    return try test(name, tested, rest.dropping(1))
  }

  private func unique(
    _ value: PythonValue, _ arguments: PassedArguments
  ) throws(ChatTemplateError) -> PythonValue {
    let values = try bind(arguments, ["case_sensitive", "attribute"], of: "unique")
    let getter = try attributeGetter(values[1])
    let isCaseSensitive = values[0]?.isTrue ?? false
    var seen: Set<PythonKey> = []
    let source = LazySource(value)
    return .iterator(
      ValueIterator(over: value) { [self] () throws(ChatTemplateError) in
        let iterator = try source.iterator(self)
        while let element = try iterator.next() {
          try charge(1)
          let found = folded(try get(getter, of: element), isCaseSensitive)
          if seen.insert(try key(found)).inserted { return element }
        }
        return nil
      })
  }

  /// The path that a filter's attribute argument names; its parts of digits are indices.
  func attributeGetter(_ value: PythonValue?) throws(ChatTemplateError) -> AttributeGetter {
    switch value {
    case nil, PythonValue.none?: return AttributeGetter(path: [])
    case .string(let text)?:
      let parts = text.pieces(separator: ".", limit: nil)
      return AttributeGetter(path: parts.map(TemplateInterpreter.pathPart))
    case let other?: return AttributeGetter(path: [other])
    }
  }

  private static func pathPart(_ part: PythonText) -> PythonValue {
    let isIndex = !part.isEmpty && part.scalars.allSatisfy(\.isTemplateDigit)
    return (isIndex ? Int(part.string) : nil).map { .int($0) } ?? .string(part)
  }

  func get(_ getter: AttributeGetter, of value: PythonValue) throws(ChatTemplateError)
    -> PythonValue
  {
    var value = value
    for part in getter.path {
      value = try item(part, of: value)
      if let standard = getter.defaultValue, case .undefined = value { value = standard }
    }
    return value
  }

  /// A string in lower case unless case matters; other values as they are.
  func folded(_ value: PythonValue, _ isCaseSensitive: Bool) -> PythonValue {
    guard !isCaseSensitive, case .string(let text) = value else { return value }
    return .string(text.lowercased)
  }
}
