import ArgumentParser
import Checkpoints
import ModelLibrary

struct Models: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the models at hand, look into one, or check one.",
    subcommands: [ModelsList.self, ModelsInspect.self, ModelsVerify.self])
}

struct ModelsList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the models that have names, with sizes, architectures and paths.",
    discussion: """
      EXAMPLE
        workbench models list

      Names are the GGUF files in the folder models of $WORKBENCH_CACHE (default
      ~/.cache/workbench), and org/name for what lies in Hugging Face's cache. What
      `make model` can fetch beside them is listed on stderr.
      """)

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let catalog = ModelCatalog()
    let entries = catalog.entries().map(Row.init)
    if json {
      try printJSON(entries)
    } else if entries.isEmpty {
      note("\(catalog.folder) holds no models; `make model` fetches the default one")
    } else {
      printTable(
        ["name", "size", "architecture", "path"],
        entries.map { [$0.name, size($0.bytes), $0.architecture ?? "not readable", $0.path] },
        rightAligned: [1])
      for model in catalog.fetchable() {
        note("not fetched: \(model.name), \(size(model.byteCount)), by `\(model.command)`")
      }
    }
  }

  private struct Row: Encodable {
    let name: String
    let bytes: Int
    /// Absent for a model that cannot be run; `models inspect` says why.
    let architecture: String?
    let path: String

    init(_ entry: ModelCatalog.Entry) {
      name = entry.name
      bytes = entry.byteCount
      architecture = try? openCheckpoint(path: entry.path).config.architecture
      path = entry.path
    }
  }
}
