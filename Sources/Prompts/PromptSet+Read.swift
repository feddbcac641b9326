extension PromptSet {
  /// Reads the prompts of a file, in the file's order.
  ///
  /// A `.gz` after the extension is unpacked. A chat of one user's turn is a prompt; the answer that
  /// may follow it is left out. The extension tells the format: `.csv`, `.tsv` (both with a header,
  /// RFC 4180 quoting), `.jsonl` or `.ndjson` (a string or an object per line), `.json` (one array of
  /// strings or of objects, or an object per line), `.txt` (a prompt per line that is not blank). The
  /// text must be UTF-8; a byte order mark is accepted.
  ///
  /// Columns are found as `PromptLayout.Kind` describes: benchmarks in the layouts that their authors
  /// gave them, else a column named prompt, question, goal, instruction, text or query, the first
  /// of these that exists in any case, with the labels of a column named label. A column that none
  /// of these rules finds is named in the options.
  ///
  /// The structure of the whole file is checked; texts, labels and named ids are checked in the
  /// rows that are read, which are all of them where some are drawn.
  public static func read(
    path: String, options: PromptFileOptions = PromptFileOptions()
  ) throws(PromptError) -> PromptSet {
    if let count = options.sample.count, count < 1 {
      throw PromptError(source: path, place: .whole, problem: .invalidCount(count))
    }
    let table = try PromptTable(path: path)
    guard !table.rows.isEmpty else {
      throw PromptError(source: path, place: .whole, problem: .noPrompts)
    }
    let choice = try ColumnChoice(for: table, options: options)
    let reader = RowReader(
      table: table, choice: choice, stripWhitespace: options.stripWhitespace)
    let counted = reader.countedRows
    guard !counted.isEmpty else {
      throw PromptError(source: path, place: .whole, problem: .noPrompts)
    }
    let rows: [PromptTable.Row] =
      if case .first(let count) = options.sample { Array(counted.prefix(count)) } else { counted }
    let all = try reader.prompts(of: rows)
    let kinds = reader.kinds(of: rows)
    let taken = options.sample.indices(
      of: zip(all, kinds).map { PromptSet.stratum(label: $0.label, kind: $1) })
    var set = PromptSet(
      name: baseName(path), prompts: taken.map { all[$0] }, layout: choice.layout(of: table))
    set.kinds = taken.map { kinds[$0] }
    set.warnings = choice.warnings
    if case .drawn(_, let seed) = options.sample, taken.count < all.count {
      set.draws = ["\(path): \(taken.count) of \(all.count) prompts, drawn with seed \(seed)"]
    }
    return set
  }

  static func baseName(_ path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    return String(name.lastIndex(of: ".").map { name[..<$0] } ?? name)
  }
}

/// Makes prompts of rows once the columns are chosen.
private struct RowReader {
  let table: PromptTable
  let choice: ColumnChoice
  let stripWhitespace: Bool

  /// The rows that are not left out for want of a label.
  var countedRows: [PromptTable.Row] {
    guard case .column(let column, _, .leftOut) = choice.label else { return table.rows }
    return table.rows.filter { !$0.values[column].isBlank }
  }

  /// [row]: what the column of kinds says; empty without one.
  func kinds(of rows: [PromptTable.Row]) -> [String] {
    rows.map { row in choice.kindColumn.flatMap { row.values[$0].token } ?? "" }
  }

  func prompts(of rows: [PromptTable.Row]) throws(PromptError) -> [Prompt] {
    var prompts: [Prompt] = []
    var places: [String: PromptError.Place] = [:]
    for (index, row) in rows.enumerated() {
      let id = try id(of: row, number: index + 1)
      if let first = places.updateValue(row.place, forKey: id) {
        throw table.failure(.duplicateID(id, first: first), in: row)
      }
      let (text, earlier) = try request(of: row)
      prompts.append(Prompt(id: id, text: text, label: try label(of: row), earlier: earlier))
    }
    return prompts
  }

  private func request(
    of row: PromptTable.Row
  ) throws(PromptError) -> (text: String, earlier: [ChatTurn]) {
    switch row.values[choice.prompt] {
    case .text(let text): return (try usable(text, in: row), [])
    case .chat(let turns):
      guard let request = turns.request else {
        throw table.failure(.unusableChat(column: table.name(of: choice.prompt)), in: row)
      }
      var earlier: [ChatTurn] = []
      for turn in request.earlier {
        earlier.append(ChatTurn(role: turn.role, text: try table.checked(turn.text, in: row)))
      }
      return (try usable(request.text, in: row), earlier)
    case .missing:
      throw table.failure(.missingValue(column: table.name(of: choice.prompt)), in: row)
    case .number, .other:
      throw table.failure(.notText(column: table.name(of: choice.prompt)), in: row)
    }
  }

  private func usable(_ text: String, in row: PromptTable.Row) throws(PromptError) -> String {
    guard !text.stripped.isEmpty else { throw table.failure(.emptyPrompt, in: row) }
    return try table.checked(stripWhitespace ? text.stripped : text, in: row)
  }

  private func id(of row: PromptTable.Row, number: Int) throws(PromptError) -> String {
    guard let column = choice.id else { return String(number) }
    return try table.token(of: row, column)
  }

  private func label(of row: PromptTable.Row) throws(PromptError) -> String? {
    switch choice.label {
    case .none: return nil
    case .constant(let label): return label
    case .column(let column, let map, let missing):
      if missing == .unlabelled, row.values[column].isBlank { return nil }
      let value = try table.token(of: row, column)
      guard let map else { return value }
      if let label = map.label(for: value) { return label }
      throw table.failure(.unmatchedLabel(value: value, column: table.name(of: column)), in: row)
    }
  }
}

extension PromptSet {
  /// Reads several prompt files one after another, each as `read(path:options:)` does.
  ///
  /// A single file keeps its ids. Of several, every id becomes `NAME:ID`, where NAME is the file's
  /// name without folder and extension, so ids stay unique; files of the same name are refused.
  /// A sample is taken of every file.
  public static func read(
    paths: [String], options: PromptFileOptions = PromptFileOptions()
  ) throws(PromptError) -> PromptSet {
    guard paths.count != 1 else { return try read(path: paths[0], options: options) }
    var prompts: [Prompt] = []
    var names: [String] = []
    var (kinds, draws, warnings): ([String], [String], [String]) = ([], [], [])
    var pathsByName: [String: String] = [:]
    for path in paths {
      let set = try read(path: path, options: options)
      if let other = pathsByName.updateValue(path, forKey: set.name) {
        throw PromptError(source: path, place: .whole, problem: .sameFileName(other: other))
      }
      names.append(set.name)
      kinds += set.kinds
      draws += set.draws
      warnings += set.warnings
      prompts += set.prompts.map { prompt in
        var named = prompt
        named.id = "\(set.name):\(prompt.id)"
        return named
      }
    }
    var set = PromptSet(name: names.joined(separator: "+"), prompts: prompts)
    (set.kinds, set.draws, set.warnings) = (kinds, draws, warnings)
    return set
  }
}
