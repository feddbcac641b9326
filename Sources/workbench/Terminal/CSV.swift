/// A CSV file (RFC 4180, UTF-8, lines that end in LF) that is written whole or not at all.
struct CSVFile {
  private let file: OutputFile

  /// Checks, before any work is done, that the file can be written.
  init(path: String, overwrite: Bool) throws {
    file = try OutputFile(path: path, overwrite: overwrite)
  }

  /// Writes the rows under their header.
  func write(_ header: [String], _ rows: some Sequence<[String]>) throws {
    var text = Self.line(header)
    for row in rows { text += Self.line(row) }
    try file.write(text)
  }

  private static func line(_ fields: [String]) -> String {
    fields.map(quoted).joined(separator: ",") + "\n"
  }

  private static func quoted(_ field: String) -> String {
    let special: Set<Unicode.Scalar> = ["\"", ",", "\n", "\r"]
    // Some readers drop spaces at the ends of bare fields, and those are what tells tokens apart.
    let isPadded = field.hasPrefix(" ") || field.hasSuffix(" ")
    guard isPadded || field.unicodeScalars.contains(where: special.contains) else { return field }
    return "\"" + field.replacing("\"", with: "\"\"") + "\""
  }
}
