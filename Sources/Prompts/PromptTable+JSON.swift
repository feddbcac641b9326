import StrictJSON

extension PromptTable.Value {
  /// As much of a JSON value as a prompt file needs.
  fileprivate init(_ value: JSONValue) {
    switch value.kind {
    case .null: self = .missing
    case .string: self = .text(value.string ?? "")
    case .bool: self = .number(value.summary)
    case .number: self = value.int.map { .number(String($0)) } ?? .other
    case .array: self = Self.turns(value).map { .chat($0) } ?? Self.onlyText(value) ?? .other
    case .object: self = .other
    }
  }
}

extension PromptTable.Value {
  /// A list of one text, such as SORRY-Bench's `turns`, as the text.
  private static func onlyText(_ value: JSONValue) -> Self? {
    guard let elements = value.elements.map(Array.init), elements.count == 1 else { return nil }
    return elements[0].string.map { .text($0) }
  }

  /// ShareGPT's names of who speaks.
  private static let roles = ["human": "user", "gpt": "assistant"]

  /// The turns of a chat: objects of `role` and `content`, or of `from` and `value` (ShareGPT); nil
  /// for what is none, such as a turn with images.
  private static func turns(_ value: JSONValue) -> [ChatTurn]? {
    guard let elements = value.elements else { return nil }
    var turns: [ChatTurn] = []
    for element in elements {
      guard let members = element.members else { return nil }
      var texts: [String: String] = [:]
      for member in members {
        texts[String(decoding: member.name, as: UTF8.self)] = member.value.string
      }
      guard let role = texts["role"] ?? texts["from"],
        let text = texts["content"] ?? texts["value"]
      else { return nil }
      turns.append(ChatTurn(role: roles[role] ?? role, text: text))
    }
    return turns.isEmpty ? nil : turns
  }
}

extension PromptTable {
  private typealias PlacedRecord = (place: PromptError.Place, record: JSONValue)

  /// Reads a JSON array of strings or of objects, or JSON lines of objects, which C4 and others call
  /// .json too.
  init(json file: TextFile) throws(PromptError) {
    if file.isJSONLines {
      try self.init(jsonLines: file)
      return
    }
    let data = file.bytes[...]
    guard !file.bytes.allSatisfy(\.isJSONWhitespace) else {
      throw PromptError(source: file.path, place: .whole, problem: .noPrompts)
    }
    guard data.first(where: { !$0.isJSONWhitespace }) == UInt8(ascii: "[") else {
      let problem = PromptError.Problem.unexpectedJSON(expected: Self.jsonLayout)
      throw PromptError(source: file.path, place: .whole, problem: problem)
    }
    let list = try Self.parse(data, source: file.path, place: .whole)
    let placed = list.elements?.enumerated().map {
      (PromptError.Place.element($0.offset + 1), $0.element)
    }
    try self.init(source: file.path, records: placed ?? [], expected: Self.jsonLayout)
  }

  /// Reads one JSON string or object per line; blank lines are skipped.
  init(jsonLines file: TextFile) throws(PromptError) {
    var placed: [PlacedRecord] = []
    for (number, line) in file.lines where !line.allSatisfy(\.isJSONWhitespace) {
      let place = PromptError.Place.line(number)
      placed.append((place, try Self.parse(line, source: file.path, place: place)))
    }
    try self.init(source: file.path, records: placed, expected: Self.jsonLinesLayout)
  }

  private static let jsonLayout = "one array of strings or one array of objects"
  private static let jsonLinesLayout = "one string per line or one object per line"

  private init(
    source: String, records: [PlacedRecord], expected: String
  ) throws(PromptError) {
    var objects: [(place: PromptError.Place, fields: [String: Value])] = []
    var rows: [Row] = []
    for (place, record) in records {
      if let members = record.members, rows.isEmpty {
        let fields = members.map { (String(decoding: $0.name, as: UTF8.self), Value($0.value)) }
        objects.append((place, Dictionary(fields, uniquingKeysWith: { first, _ in first })))
      } else if let text = record.string, objects.isEmpty {
        rows.append(Row(place: place, values: .list([.text(text)])))
      } else {
        let problem = PromptError.Problem.unexpectedJSON(expected: expected)
        throw PromptError(source: source, place: place, problem: problem)
      }
    }
    guard !objects.isEmpty else {
      self.init(source: source, columns: nil, rows: rows)
      return
    }
    let columns = Set(objects.flatMap(\.fields.keys)).sorted()
    let indices = Dictionary(uniqueKeysWithValues: zip(columns, columns.indices))
    rows = objects.map { object in
      let values = object.fields.compactMap { key, value in indices[key].map { ($0, value) } }
      return Row(place: object.place, values: .sparse(Dictionary(uniqueKeysWithValues: values)))
    }
    self.init(source: source, columns: columns, rows: rows)
  }

  private static func parse(
    _ bytes: ArraySlice<UInt8>, source: String, place: PromptError.Place
  ) throws(PromptError) -> JSONValue {
    do throws(JSONError) { return try JSONValue(parsing: bytes) } catch {
      // A line of JSON lines is named by its place already.
      let isWhole = place == .whole
      let reason = isWhole ? error.description : "\(error.problem), at column \(error.column)"
      throw PromptError(source: source, place: place, problem: .invalidJSON(reason: reason))
    }
  }
}

extension TextFile {
  /// Whether several lines have something, and the first of them is an object by itself.
  fileprivate var isJSONLines: Bool {
    let filled = lines.lazy.map(\.bytes).filter { !$0.allSatisfy(\.isJSONWhitespace) }.prefix(2)
    guard filled.count == 2, let first = filled.first else { return false }
    return (try? JSONValue(parsing: first))?.members != nil
  }
}

extension UInt8 {
  fileprivate var isJSONWhitespace: Bool {
    self == UInt8(ascii: " ") || self == ASCII.tab || self == ASCII.lineFeed
      || self == ASCII.carriageReturn
  }
}
