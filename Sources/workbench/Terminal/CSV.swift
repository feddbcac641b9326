/// A CSV file (RFC 4180, UTF-8, lines that end in LF) that is written whole or not at all.
struct CSVFile {
  private let file: OutputFile
  private let isForSpreadsheets: Bool

  /// Checks, before any work is done, that the file can be written.
  ///
  /// `forSpreadsheets` puts an apostrophe before texts that a spreadsheet would compute; without it
  /// every text is exact.
  init(path: String, forSpreadsheets: Bool, overwrite: Bool) throws {
    file = try OutputFile(path: path, overwrite: overwrite)
    isForSpreadsheets = forSpreadsheets
  }

  /// Writes the rows under their header.
  func write(_ header: [String], _ rows: some Sequence<[String]>) throws {
    var text = line(header)
    for row in rows { text += line(row) }
    try file.write(text)
  }

  private func line(_ fields: [String]) -> String {
    fields.map { Self.quoted(isForSpreadsheets ? Self.guarded($0) : $0) }.joined(separator: ",")
      + "\n"
  }

  /// The field, after an apostrophe where Excel and its like would take it for a formula.
  private static func guarded(_ field: String) -> String {
    guard let first = field.unicodeScalars.first,
      ["=", "+", "-", "@", "\t", "\r"].contains(first), Double(field) == nil
    else { return field }
    return "'" + field
  }

  private static func quoted(_ field: String) -> String {
    let special: Set<Unicode.Scalar> = ["\"", ",", "\n", "\r"]
    // Some readers drop spaces at the ends of bare fields, and those are what tells tokens apart.
    let isPadded = field.hasPrefix(" ") || field.hasSuffix(" ")
    guard isPadded || field.unicodeScalars.contains(where: special.contains) else { return field }
    return "\"" + field.replacing("\"", with: "\"\"") + "\""
  }
}
