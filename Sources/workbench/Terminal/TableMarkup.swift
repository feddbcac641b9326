/// A table under a title, as text for people or for a paper.
struct TitledTable {
  /// Empty for none.
  var title: String
  var header: [String]
  var rows: [[String]]
  /// Columns before this one are names.
  var firstNumber = 1

  /// Prints it with columns as wide as they need to be.
  func show() {
    if !title.isEmpty { printLine(title) }
    printTable(header, rows, rightAligned: Set(header.indices.dropFirst(firstNumber)))
  }
}

/// How tables are written into other people's documents.
enum TableMarkup {
  case markdown, latex

  func text(of tables: [TitledTable]) -> String {
    tables.map { self == .markdown ? markdown($0) : latex($0) }.joined(separator: "\n")
  }

  private func markdown(_ table: TitledTable) -> String {
    let line = { (cells: [String]) in
      "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
    }
    let rule = table.header.indices.map { $0 < table.firstNumber ? "---" : "---:" }
    let title = table.title.isEmpty ? "" : table.title + "\n\n"
    return title + line(table.header) + "|" + rule.joined(separator: "|") + "|\n"
      + table.rows.map(line).joined()
  }

  private func latex(_ table: TitledTable) -> String {
    let line = { (cells: [String]) in
      cells.map(Self.escaped).joined(separator: " & ") + " \\\\\n"
    }
    let names = String(repeating: "l", count: min(table.firstNumber, table.header.count))
    let numbers = String(repeating: "r", count: table.header.count - names.count)
    let title = table.title.isEmpty ? "" : "% \(table.title.replacing("\n", with: "\n% "))\n"
    return title + "\\begin{tabular}{\(names)\(numbers)}\n\\hline\n" + line(table.header)
      + "\\hline\n" + table.rows.map(line).joined() + "\\hline\n\\end{tabular}\n"
  }

  private static func escaped(_ cell: String) -> String {
    var text = ""
    for character in cell {
      switch character {
      case "&", "%", "$", "#", "_", "{", "}": text += "\\\(character)"
      case "±": text += "$\\pm$"
      case "~": text += "\\textasciitilde{}"
      case "\\": text += "\\textbackslash{}"
      default: text.append(character)
      }
    }
    return text
  }
}
