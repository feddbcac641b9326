import Foundation

/// What a file says of itself in the words of the netCDF conventions, as attributes of `/`.
///
/// `Conventions`, `title`, `source` (the program) and `history`, a line for each command that wrote the
/// file: the time (ISO 8601, UTC), a colon, the command line.
struct FileDescription {
  static let attributes: Set = ["Conventions", "title", "source", "history"]

  var title: String
  /// As the file has it; nil for a file that begins.
  var history: String?
  private var source = ""

  init(title: String, history: String? = nil) {
    self.title = title
    self.history = history
  }

  /// Adds the command to the history, in place of its own line where it writes a file again and again.
  mutating func note(_ provenance: Provenance) {
    source = "workbench \(provenance.toolVersion)"
    // A line break in a command line is one argument's, and the history has a line for a command.
    let command = provenance.commandLine.replacingOccurrences(of: "\n", with: "\\n")
    let line = "\(provenance.created.formatted(.iso8601)): \(command)"
    var lines = history.map { $0.split(separator: "\n").map(String.init) } ?? []
    if lines.last != line { lines.append(line) }
    history = lines.joined(separator: "\n")
  }

  fileprivate var texts: [(name: String, text: String)] {
    [
      ("Conventions", "CF-1.11"), ("title", title), ("source", source), ("history", history ?? ""),
    ]
  }
}

extension HDF5File {
  func write(_ description: FileDescription) throws(StoreError) {
    for (name, text) in description.texts {
      try setAttribute(name, of: StoreSchema.root, to: text)
    }
  }

  /// The title and history of a file; nil where it has none.
  func readDescription() throws(StoreError) -> FileDescription? {
    let root = StoreSchema.root
    guard hasAttribute("title", of: root), hasAttribute("history", of: root) else { return nil }
    return FileDescription(
      title: try attributeText("title", of: root), history: try attributeText("history", of: root))
  }
}
