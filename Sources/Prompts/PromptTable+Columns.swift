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
    case .number, .other: throw failure(.notText(column: name(of: column)), in: row)
    }
  }

  /// A column of these names if every row has a value in it and no two have the same.
  func usableIDs(amongCommon names: [String]) throws(PromptError) -> Int? {
    guard let column = try firstIndex(amongCommon: names) else { return nil }
    let ids = rows.compactMap { $0.values[column].token }
    return ids.count == rows.count && Set(ids).count == ids.count ? column : nil
  }

  /// The value of a column as a label or id, which must be there.
  func token(of row: Row, _ column: Int) throws(PromptError) -> String {
    if let token = row.values[column].token { return try checked(token, in: row) }
    let name = name(of: column)
    let isOther = row.values[column] == .other
    throw failure(isOther ? .notText(column: name) : .missingValue(column: name), in: row)
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
    case .other, .missing: nil
    }
  }

  /// Whether there is nothing here, as opposed to something that cannot be a label or id.
  var isBlank: Bool {
    self != .other && token == nil
  }
}
