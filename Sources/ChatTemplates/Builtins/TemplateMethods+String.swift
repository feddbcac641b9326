extension TemplateInterpreter {
  /// Calls a method of a built-in type.
  func callMethod(
    _ function: TemplateFunction, _ arguments: PassedArguments
  ) throws(ChatTemplateError) -> PythonValue {
    guard let receiver = function.receiver else { return .none }
    switch receiver {
    case .string(let text): return try call(function.name, of: text, arguments)
    case .list(let items), .tuple(let items):
      return try call(function.name, of: items, receiver, arguments)
    case .dictionary(let dictionary):
      return try call(function.name, of: dictionary, arguments)
    case .loop(let loop): return try call(function.name, of: loop, arguments)
    default: throw unsupportedMethod(function.name, receiver)
    }
  }

  func unsupportedMethod(_ name: String, _ receiver: PythonValue) -> ChatTemplateError {
    unsupported("the method '\(name)' of a \(receiver.typeName)")
  }

  private func call(
    _ name: String, of text: PythonText, _ arguments: PassedArguments
  ) throws(ChatTemplateError) -> PythonValue {
    try charge(text.count / 16)
    switch name {
    case "strip", "lstrip", "rstrip":
      let ends: TextEnds = name == "strip" ? .both : name == "lstrip" ? .left : .right
      let values = try bind(arguments, ["chars"], positionalOnly: true, of: name)
      return .string(strip(text, ends, try optionalText(values[0], of: name)))
    case "split", "rsplit": return try split(text, name, arguments)
    case "startswith", "endswith": return try hasAffix(text, name, arguments)
    case "find", "rfind", "index", "rindex", "count": return try search(text, name, arguments)
    case "replace": return .string(try replace(text, arguments))
    case "join":
      let values = try bind(arguments, ["iterable"], required: 1, positionalOnly: true, of: name)
      return .string(try join(try elements(of: values[0] ?? .none), separator: text))
    case "splitlines":
      let values = try bind(arguments, ["keepends"], of: name)
      return .list(text.lines(keepingEnds: values[0]?.isTrue ?? false).map { .string($0) })
    case "partition", "rpartition": return try partition(text, name, arguments)
    case "format": return .string(try format(text, arguments))
    case "removeprefix", "removesuffix": return try removeAffix(text, name, arguments)
    default:
      guard let result = simpleMethod(name, text) else {
        throw unsupportedMethod(name, .string(text))
      }
      _ = try bind(arguments, [], of: name)
      return result
    }
  }

  /// The methods without arguments.
  private func simpleMethod(_ name: String, _ text: PythonText) -> PythonValue? {
    switch name {
    case "upper": return .string(text.uppercased)
    case "lower": return .string(text.lowercased)
    case "title": return .string(text.titlecased)
    case "capitalize": return .string(text.capitalized)
    case "swapcase": return .string(text.caseSwapped)
    case "isupper": return .bool(text.isUppercase)
    case "islower": return .bool(text.isLowercase)
    case "isspace": return .bool(all(text) { $0.isPythonSpace })
    case "isalpha": return .bool(all(text) { $0.isPythonLetter })
    case "isdecimal": return .bool(all(text) { $0.properties.numericType == .decimal })
    case "isdigit":
      return .bool(all(text) { [.decimal, .digit].contains($0.properties.numericType) })
    case "isnumeric": return .bool(all(text) { $0.properties.numericType != nil })
    case "isalnum": return .bool(all(text) { $0.isPythonAlphanumeric })
    case "isascii": return .bool(text.scalars.allSatisfy(\.isASCII))
    default: return nil
    }
  }

  private func all(_ text: PythonText, _ isAccepted: (Unicode.Scalar) -> Bool) -> Bool {
    !text.isEmpty && text.scalars.allSatisfy(isAccepted)
  }

  /// The text without whitespace, or without any of the given scalars, at its ends.
  func strip(_ text: PythonText, _ ends: TextEnds, _ characters: PythonText?) -> PythonText {
    guard let characters else { return text.stripped(ends) }
    let set = Set(characters.scalars)
    return text.stripped(ends) { set.contains($0) }
  }

  private func split(
    _ text: PythonText, _ name: String, _ arguments: PassedArguments
  ) throws(ChatTemplateError) -> PythonValue {
    let values = try bind(arguments, ["sep", "maxsplit"], of: name)
    let maximum = try integer(values[1], default: -1, of: name)
    let limit = maximum < 0 ? nil : maximum
    let fromRight = name == "rsplit"
    guard let separator = try optionalText(values[0], of: name) else {
      let words = fromRight ? text.wordsFromRight(limit: limit) : text.words(limit: limit)
      return .list(words.map { .string($0) })
    }
    guard !separator.isEmpty else { throw failure("a string is split at an empty separator") }
    let pieces =
      fromRight
      ? text.piecesFromRight(separator: separator, limit: limit)
      : text.pieces(separator: separator, limit: limit)
    return .list(pieces.map { .string($0) })
  }

  private func hasAffix(
    _ text: PythonText, _ name: String, _ arguments: PassedArguments
  ) throws(ChatTemplateError) -> PythonValue {
    let values = try bind(
      arguments, ["affix", "start", "end"], required: 1, positionalOnly: true, of: name)
    var affixes = [values[0] ?? .none]
    if case .tuple(let items)? = values[0] { affixes = items.values }
    for affix in affixes {
      let affix = try self.text(affix, of: name)
      guard let range = try clip(text, values[1], values[2], of: name) else { continue }
      let position = name == "startswith" ? range.lowerBound : range.upperBound - affix.count
      if affix.count <= range.count, text.matches(affix, at: position) { return .bool(true) }
    }
    return .bool(false)
  }

  private func search(
    _ text: PythonText, _ name: String, _ arguments: PassedArguments
  ) throws(ChatTemplateError) -> PythonValue {
    let values = try bind(
      arguments, ["sub", "start", "end"], required: 1, positionalOnly: true, of: name)
    let wanted = try self.text(values[0] ?? .none, of: name)
    let range = try clip(text, values[1], values[2], of: name)
    if name == "count" { return .int(range.map { text.occurrences(of: wanted, in: $0) } ?? 0) }
    let found = range.flatMap { range in
      name.hasPrefix("r") ? text.findLast(wanted, in: range) : text.find(wanted, in: range)
    }
    guard found != nil || !name.hasSuffix("index") else {
      throw failure("'\(name)' does not find the text it looks for")
    }
    return .int(found ?? -1)
  }

  /// The part of a text between two optional bounds; `nil` if it starts beyond its end.
  private func clip(
    _ text: PythonText, _ start: PythonValue?, _ end: PythonValue?, of callee: String
  ) throws(ChatTemplateError) -> Range<Int>? {
    func bound(_ value: PythonValue?, _ standard: Int) throws(ChatTemplateError) -> Int {
      guard let value else { return standard }
      if case .none = value { return standard }
      let integer = try integer(value, default: standard, of: callee)
      return integer < 0 ? max(integer < -text.count ? 0 : integer + text.count, 0) : integer
    }
    let lower = try bound(start, 0)
    let upper = min(try bound(end, text.count), text.count)
    return lower <= upper ? lower..<upper : nil
  }

  private func replace(
    _ text: PythonText, _ arguments: PassedArguments
  ) throws(ChatTemplateError) -> PythonText {
    let values = try bind(
      arguments, ["old", "new", "count"], required: 2, positionalOnly: true, of: "replace")
    let old = try self.text(values[0] ?? .none, of: "replace")
    let new = try self.text(values[1] ?? .none, of: "replace")
    return try replace(text, old, new, try integer(values[2], default: -1, of: "replace"))
  }

  /// Replaces at most `count` occurrences, all if it is negative.
  func replace(
    _ text: PythonText, _ old: PythonText, _ new: PythonText, _ count: Int
  ) throws(ChatTemplateError) -> PythonText {
    try charge(text.count / 16)
    let occurrences = text.occurrences(of: old, in: 0..<text.count)
    let (growth, overflows) = occurrences.multipliedReportingOverflow(by: new.count)
    try checkSize(overflows ? Int.max : text.count + growth)
    return text.replacing(old, with: new, limit: count < 0 ? nil : count)
  }

  /// The strings with a separator between them; other values are refused.
  private func join(
    _ values: [PythonValue], separator: PythonText
  ) throws(ChatTemplateError) -> PythonText {
    var parts: [PythonText] = []
    for value in values { parts.append(try text(value, of: "join")) }
    return try joined(parts, separator: separator)
  }

  func joined(_ parts: [PythonText], separator: PythonText) throws(ChatTemplateError) -> PythonText
  {
    var size = 0
    for part in parts { size += part.count + separator.count }
    try checkSize(size)
    try charge(size / 64)
    return PythonText.joined(parts, separator: separator)
  }

  private func partition(
    _ text: PythonText, _ name: String, _ arguments: PassedArguments
  ) throws(ChatTemplateError) -> PythonValue {
    let values = try bind(arguments, ["sep"], required: 1, positionalOnly: true, of: name)
    let separator = try self.text(values[0] ?? .none, of: name)
    guard !separator.isEmpty else { throw failure("a string is split at an empty separator") }
    let isLast = name == "rpartition"
    let all = 0..<text.count
    guard let found = isLast ? text.findLast(separator, in: all) : text.find(separator, in: all)
    else {
      return .tuple((isLast ? ["", "", text] : [text, "", ""]).map { .string($0) })
    }
    let parts = [
      PythonText(text.scalars[..<found]), separator,
      PythonText(text.scalars[(found + separator.count)...]),
    ]
    return .tuple(parts.map { .string($0) })
  }

  private func removeAffix(
    _ text: PythonText, _ name: String, _ arguments: PassedArguments
  ) throws(ChatTemplateError) -> PythonValue {
    let values = try bind(arguments, ["affix"], required: 1, positionalOnly: true, of: name)
    let affix = try self.text(values[0] ?? .none, of: name)
    let isPrefix = name == "removeprefix"
    guard text.matches(affix, at: isPrefix ? 0 : text.count - affix.count) else {
      return .string(text)
    }
    let kept = isPrefix ? text.scalars.dropFirst(affix.count) : text.scalars.dropLast(affix.count)
    return .string(PythonText(kept))
  }
}

extension Unicode.Scalar {
  /// Whether `str.isalpha` accepts the scalar.
  var isPythonLetter: Bool {
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      return true
    default: return false
    }
  }

  /// Whether `str.isalnum` accepts the scalar.
  var isPythonAlphanumeric: Bool {
    isPythonLetter || properties.numericType != nil
  }
}
