extension TemplateInterpreter {
  /// The filters that put elements in order or pick the extreme one.
  func orderingFilter(
    _ name: String, _ value: PythonValue, _ arguments: PassedArguments
  ) throws(ChatTemplateError) -> PythonValue? {
    switch name {
    case "sort": return .list(try sort(value, arguments))
    case "dictsort": return .list(try sortEntries(value, arguments))
    case "min", "max": return try extreme(value, name, arguments)
    default: return nil
    }
  }

  private func sort(_ value: PythonValue, _ arguments: PassedArguments) throws(ChatTemplateError)
    -> [PythonValue]
  {
    let values = try bind(arguments, ["reverse", "case_sensitive", "attribute"], of: "sort")
    let isCaseSensitive = values[1]?.isTrue ?? false
    let getters = try attributeGetters(values[2])
    return try sorted(try elements(of: value), isReversed: values[0]?.isTrue ?? false) {
      [self] (element: PythonValue) throws(ChatTemplateError) in
      var keys: [PythonValue] = []
      for getter in getters {
        keys.append(folded(try get(getter, of: element), isCaseSensitive))
      }
      return .list(keys)
    }
  }

  /// Several attributes, separated by commas, sort by the first one that differs.
  private func attributeGetters(_ value: PythonValue?) throws(ChatTemplateError)
    -> [AttributeGetter]
  {
    guard case .string(let text)? = value else { return [try attributeGetter(value)] }
    var getters: [AttributeGetter] = []
    for part in text.pieces(separator: ",", limit: nil) {
      getters.append(try attributeGetter(.string(part)))
    }
    return getters
  }

  private func sortEntries(
    _ value: PythonValue, _ arguments: PassedArguments
  ) throws(ChatTemplateError) -> [PythonValue] {
    let values = try bind(arguments, ["case_sensitive", "by", "reverse"], of: "dictsort")
    let isCaseSensitive = values[0]?.isTrue ?? false
    let by = try string(of: values[1] ?? .string("key")).string
    guard by == "key" || by == "value" else {
      throw failure("the filter 'dictsort' sorts by 'key' or by 'value' only")
    }
    guard case .dictionary(let dictionary) = value else {
      throw wrongType("the filter 'dictsort'", value)
    }
    let entries = try sorted(dictionary.entries, isReversed: values[2]?.isTrue ?? false) {
      [self] (entry: PythonDictionary.Entry) throws(ChatTemplateError) in
      folded(by == "key" ? entry.key : entry.value, isCaseSensitive)
    }
    return entries.map { .tuple([$0.key, $0.value]) }
  }

  private func extreme(
    _ value: PythonValue, _ name: String, _ arguments: PassedArguments
  ) throws(ChatTemplateError) -> PythonValue {
    let values = try bind(arguments, ["case_sensitive", "attribute"], of: name)
    let getter = try attributeGetter(values[1])
    let isCaseSensitive = values[0]?.isTrue ?? false
    let comparison: TemplateComparison = name == "min" ? .less : .greater
    var best: (element: PythonValue, key: PythonValue)?
    for element in try elements(of: value) {
      let key = folded(try get(getter, of: element), isCaseSensitive)
      guard let current = best else {
        best = (element, key)
        continue
      }
      if try compare(key, comparison, current.key) { best = (element, key) }
    }
    return best?.element ?? .undefined(UndefinedValue("a sequence was empty"))
  }
}
