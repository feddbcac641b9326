import Foundation

/// Prints rows under a header, columns as wide as their widest cell.
func printTable(_ header: [String], _ rows: [[String]], rightAligned: Set<Int> = []) {
  let lines = [header] + rows
  let widths = header.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
  for line in lines {
    let cells = line.indices.map { column in
      rightAligned.contains(column)
        ? String(repeating: " ", count: widths[column] - line[column].count) + line[column]
        : line[column].padding(to: widths[column])
    }
    var text = cells.joined(separator: "  ")
    while text.last == " " { text.removeLast() }
    print(text)
  }
}

/// Prints a value as JSON with sorted keys.
func printJSON(_ value: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  print(String(decoding: try encoder.encode(value), as: UTF8.self))
}

/// A token with its spaces shown, since where a space belongs is what one looks for.
///
/// A space is `␣`; other spaces and characters without a glyph are `\u{..}`.
func visible(_ piece: String) -> String {
  var shown = ""
  for scalar in piece.unicodeScalars {
    let isHidden =
      scalar.properties.isWhitespace || scalar.properties.isDefaultIgnorableCodePoint
    if scalar == " " {
      shown += "␣"
    } else if isHidden {
      shown += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
    } else {
      shown.unicodeScalars.append(scalar)
    }
  }
  return shown
}

extension String {
  /// The text with spaces after it up to `width` characters.
  func padding(to width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(width - count, 0))
  }
}
