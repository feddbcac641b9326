import ArgumentParser
import ModelLibrary

struct ModelsList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the models that have names, with sizes and paths.",
    discussion: """
      EXAMPLE
        workbench models list

      Names are the files in the folder models of $WORKBENCH_CACHE (default ~/.cache/workbench).
      """)

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let catalog = ModelCatalog()
    let entries = catalog.entries()
    if json {
      try printJSON(entries.map { Row(name: $0.name, bytes: $0.byteCount, path: $0.path) })
    } else if entries.isEmpty {
      note("\(catalog.folder) holds no models; `make model` fetches the default one")
    } else {
      printTable(
        ["name", "size", "path"], entries.map { [$0.name, size($0.byteCount), $0.path] },
        rightAligned: [1])
    }
  }

  private struct Row: Encodable {
    let name: String
    let bytes: Int
    let path: String
  }
}
