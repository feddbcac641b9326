extension PromptTable {
  /// The column of the first name that the table has, or nil when it has none of them.
  func firstIndex(amongCommon names: [String]) throws(PromptError) -> Int? {
    for name in names {
      if let index = try index(of: name) { return index }
    }
    return nil
  }

  /// The column that a flag names, which must exist.
  func index(ofNamed name: String, flag: String) throws(PromptError) -> Int {
    if let index = try index(of: name) { return index }
    let problem = PromptError.Problem.columnNotFound(
      name: name, flag: flag, columns: columns ?? [])
    throw PromptError(source: source, place: .whole, problem: problem)
  }

  /// The column of the first of these names, which must exist.
  func index(amongNames names: [String]) throws(PromptError) -> Int {
    if let index = try firstIndex(amongCommon: names) { return index }
    let problem = PromptError.Problem.noColumn(names: names, columns: columns ?? [])
    throw PromptError(source: source, place: .whole, problem: problem)
  }

  /// The text in a column, which must be there.
  func text(of row: Row, _ column: Int) throws(PromptError) -> String {
    switch row.values[column] {
    case .text(let text): return text
    case .missing: throw failure(.missingValue(column: name(of: column)), in: row)
    case .number, .chat, .other: throw failure(.notText(column: name(of: column)), in: row)
    }
  }

  /// A column of these names if every row has a value in it and no two have the same.
  func usableIDs(amongCommon names: [String]) throws(PromptError) -> Int? {
    guard let column = try firstIndex(amongCommon: names) else { return nil }
    let ids = rows.compactMap { $0.values[column].token }
    return ids.count == rows.count && Set(ids).count == ids.count ? column : nil
  }

  /// What is wrong with a column of these names whose values cannot be ids.
  func warningOfIDs(amongCommon names: [String]) throws(PromptError) -> String? {
    guard let column = try firstIndex(amongCommon: names), try usableIDs(amongCommon: names) == nil
    else { return nil }
    var places: [String: PromptError.Place] = [:]
    for row in rows {
      let problem: String
      if let id = row.values[column].token {
        guard let first = places.updateValue(row.place, forKey: id) else { continue }
        problem = "\(row.place.words) has the id '\(shortened(id))' of \(first.words)"
      } else {
        problem = "\(row.place.words) has none"
      }
      return
        "\(source): the column '\(name(of: column))' does not tell rows apart (\(problem)), so "
        + "ids are row numbers; make its values different to have them as ids."
    }
    return nil
  }

  /// What of each row is left out where a data set has a second text that belongs to the prompt.
  ///
  /// Alpaca has `instruction` and `input`, HarmBench `Behavior` and `ContextString`.
  func warningOfContext(beside prompt: String) throws(PromptError) -> String? {
    let names = ["instruction": "input", "behavior": "contextstring"]
    guard let name = names[prompt.lowercased()],
      let column = try firstIndex(amongCommon: [name])
    else { return nil }
    let count = rows.count { !$0.values[column].isBlank }
    guard count > 0 else { return nil }
    let these = count == 1 ? "1 row" : "\(count) rows"
    return
      "\(source): the column '\(self.name(of: column))', which \(these) fill, is left out of the "
      + "prompts; where it is part of them, write both into one column."
  }

  /// How many rows are left out because a column of labels is empty there.
  func warningOfRows(without column: Int) -> String? {
    let count = rows.count { $0.values[column].isBlank }
    guard count > 0 else { return nil }
    let these = count == 1 ? "1 row has" : "\(count) rows have"
    return "\(source): \(these) no \(name(of: column)) and "
      + (count == 1 ? "is left out." : "are left out.")
  }

  /// The value of a column as a label or id, which must be there.
  func token(of row: Row, _ column: Int) throws(PromptError) -> String {
    if let token = row.values[column].token { return try checked(token, in: row) }
    let name = name(of: column)
    throw failure(
      row.values[column].isBlank ? .missingValue(column: name) : .notText(column: name), in: row)
  }

  /// A NUL would end the text early in C libraries and in HDF5 strings.
  func checked(_ text: String, in row: Row) throws(PromptError) -> String {
    if text.utf8.contains(0) { throw failure(.nulCharacter, in: row) }
    return text
  }

  /// The name of a column in errors.
  func name(of column: Int) -> String { columns?[column] ?? "prompt" }

  func failure(_ problem: PromptError.Problem, in row: Row) -> PromptError {
    PromptError(source: source, place: row.place, problem: problem)
  }

  /// The column spelled so, or the only one spelled so without regard to case.
  private func index(of name: String) throws(PromptError) -> Int? {
    let columns = columns ?? []
    if let exact = columns.firstIndex(of: name) { return exact }
    let similar = columns.indices.filter { columns[$0].lowercased() == name.lowercased() }
    guard similar.count < 2 else {
      let problem = PromptError.Problem.ambiguousColumn(
        name: name, matches: similar.map { columns[$0] })
      throw PromptError(source: source, place: .whole, problem: problem)
    }
    return similar.first
  }
}

extension PromptTable.Value {
  /// The value as a label or id: without surrounding whitespace, nil when there is none.
  var token: String? {
    switch self {
    case .text(let text): text.stripped.isEmpty ? nil : text.stripped
    case .number(let text): text
    case .chat, .other, .missing: nil
    }
  }

  /// Whether there is nothing here, as opposed to something that cannot be a label or id.
  var isBlank: Bool {
    switch self {
    case .chat, .other: false
    case .text, .number, .missing: token == nil
    }
  }
}
