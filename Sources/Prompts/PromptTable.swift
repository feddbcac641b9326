/// What a prompt file holds before anyone decides which part of it is the prompt.
struct PromptTable {
  /// One value of a row.
  enum Value: Hashable {
    case text(String)
    /// A JSON integer or Boolean, in its JSON spelling: good as a label or id, not as a prompt.
    case number(String)
    /// A JSON array of turns with a role and a text each.
    case chat([ChatTurn])
    /// Another JSON array or object, or a fraction.
    case other
    /// JSON null, or a key that this object does not have.
    case missing
  }

  /// The values of a row, kept sparse for JSON, whose objects may share no key at all.
  enum Values {
    case list([Value])
    case sparse([Int: Value])

    subscript(column: Int) -> Value {
      switch self {
      case .list(let values): values[column]
      case .sparse(let values): values[column] ?? .missing
      }
    }
  }

  struct Row {
    var place: PromptError.Place
    /// The values by column; in a table without columns, column 0 is the text.
    var values: Values
  }

  let source: String

  /// The names of the columns as the file spells them; nil for texts without columns.
  let columns: [String]?

  let rows: [Row]
}

extension PromptTable {
  /// Reads a file in the format that its extension names.
  init(path: String) throws(PromptError) {
    var name = path.split(separator: "/").last ?? ""
    if name.lowercased().hasSuffix(".gz") { name = name.dropLast(3) }
    let suffix = name.lastIndex(of: ".").map { name[$0...].lowercased() } ?? ""
    switch suffix {
    case ".csv": try self.init(delimited: TextFile(path: path), by: ASCII.comma)
    case ".tsv": try self.init(delimited: TextFile(path: path), by: ASCII.tab)
    case ".json": try self.init(json: TextFile(path: path))
    case ".jsonl", ".ndjson": try self.init(jsonLines: TextFile(path: path))
    case ".txt": try self.init(lines: TextFile(path: path))
    default:
      let problem = PromptError.Problem.unknownExtension(suffix)
      throw PromptError(source: path, place: .whole, problem: problem)
    }
  }

  /// Reads CSV or TSV with a header.
  init(delimited file: TextFile, by delimiter: UInt8) throws(PromptError) {
    var records = try DelimitedReader.records(of: file, delimiter: delimiter)
    guard !records.isEmpty else {
      throw PromptError(source: file.path, place: .whole, problem: .noPrompts)
    }
    let header = records.removeFirst()
    let columns = header.fields.map(\.stripped)
    var seen: Set<String> = []
    for name in columns where !name.isEmpty && !seen.insert(name).inserted {
      let place = PromptError.Place.line(header.line)
      throw PromptError(source: file.path, place: place, problem: .duplicateColumn(name))
    }
    var rows: [Row] = []
    for (index, record) in records.enumerated() {
      let place = PromptError.Place.row(index + 1, line: record.line)
      guard record.fields.count == columns.count else {
        let problem = PromptError.Problem.fieldCount(
          found: record.fields.count, expected: columns.count)
        throw PromptError(source: file.path, place: place, problem: problem)
      }
      rows.append(Row(place: place, values: .list(record.fields.map(Value.text))))
    }
    self.init(source: file.path, columns: columns, rows: rows)
  }

  /// Reads one prompt per line; lines of nothing but whitespace are skipped.
  init(lines file: TextFile) throws(PromptError) {
    var rows: [Row] = []
    for (number, line) in file.lines {
      let bytes = line.last == ASCII.carriageReturn ? line.dropLast() : line
      let place = PromptError.Place.line(number)
      guard !bytes.contains(ASCII.carriageReturn) else {
        throw PromptError(source: file.path, place: place, problem: .loneCarriageReturn)
      }
      let text = String(decoding: bytes, as: UTF8.self)
      if !text.stripped.isEmpty { rows.append(Row(place: place, values: .list([.text(text)]))) }
    }
    self.init(source: file.path, columns: nil, rows: rows)
  }
}
