import Foundation

/// Prints rows under a header, columns as wide as their widest cell.
func printTable(_ header: [String], _ rows: [[String]], rightAligned: Set<Int> = []) {
  let lines = ([header] + rows).map { $0.map(onOneLine) }
  let widths = header.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
  for line in lines {
    let cells = line.indices.map { column in
      rightAligned.contains(column)
        ? String(repeating: " ", count: widths[column] - line[column].count) + line[column]
        : line[column].padding(to: widths[column])
    }
    var text = cells.joined(separator: "  ")
    while text.last == " " { text.removeLast() }
    printLine(text)
  }
}

/// Prints a value as JSON with sorted keys.
func printJSON(_ value: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  let text = String(decoding: try encoder.encode(value), as: UTF8.self)
  OutputStream.results.write(onTerminal(json: text) + "\n")
}

extension String {
  /// The text with spaces after it up to `width` characters.
  func padding(to width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(width - count, 0))
  }
}
