/// A cell of the notebook, from a Python file whose cells begin with `# %%`.
///
/// `[markdown]` after that makes a cell of text, each line of which begins with `#`; a name after
/// that is the group that the cell is about.
struct NotebookCell: Encodable {
  /// The group that the file must have; nil for cells that every notebook has.
  let group: String?
  private let id: String
  private let isMarkdown: Bool
  private let source: String

  static func all(in script: String) -> [NotebookCell] {
    script.split(separator: "# %%").enumerated().map { number, part in
      let lines = part.split(separator: "\n", omittingEmptySubsequences: false)
      let words = lines[0].split(separator: " ").map(String.init)
      let isMarkdown = words.first == "[markdown]"
      let body = lines.dropFirst().map { isMarkdown ? uncommented($0) : String($0) }
      return NotebookCell(
        group: isMarkdown ? words.dropFirst().first : words.first, id: "cell-\(number)",
        isMarkdown: isMarkdown,
        source: body.joined(separator: "\n").trimmingSuffix { $0.isNewline })
    }
  }

  /// The cell with a text for each `{{name}}`.
  func filling(in values: [String: String]) -> NotebookCell {
    let filled = values.reduce(source) { text, value in
      text.replacing("{{\(value.key)}}", with: value.value)
    }
    return NotebookCell(group: group, id: id, isMarkdown: isMarkdown, source: filled)
  }

  func encode(to encoder: any Encoder) throws {
    var cell = encoder.container(keyedBy: Key.self)
    try cell.encode(isMarkdown ? "markdown" : "code", forKey: .cell_type)
    try cell.encode(id, forKey: .id)
    try cell.encode([String: String](), forKey: .metadata)
    try cell.encode(source, forKey: .source)
    guard !isMarkdown else { return }
    try cell.encodeNil(forKey: .execution_count)
    try cell.encode([String](), forKey: .outputs)
  }

  private enum Key: String, CodingKey {
    case cell_type, execution_count, id, metadata, outputs, source
  }

  private static func uncommented(_ line: Substring) -> String {
    line.hasPrefix("# ") ? String(line.dropFirst(2)) : line == "#" ? "" : String(line)
  }
}

extension String {
  /// The text without the characters at its end that `isDropped` picks.
  fileprivate func trimmingSuffix(_ isDropped: (Character) -> Bool) -> String {
    var text = self[...]
    while let last = text.last, isDropped(last) { text.removeLast() }
    return String(text)
  }
}
