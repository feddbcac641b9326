import ArgumentParser
import Checkpoints
import Foundation
import ModelLibrary

struct ModelsInspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Print a model's architecture, sizes, tensor types, tokenizer and template.",
    discussion: """
      EXAMPLE
        workbench models inspect SmolLM2-135M-Instruct
      """)

  @Argument(help: "A GGUF file, a Hugging Face folder, or a name from `workbench models list`.")
  var model: String

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let path = try ModelCatalog().resolve(model)
    let summary =
      try isFolder(path) ? ModelSummary(folder: path) : ModelSummary(GGUFFiles(path: path))
    if json { return try printJSON(summary) }
    let width = summary.fields.map(\.name.count).max() ?? 0
    for field in summary.fields {
      printLine(field.name.padding(to: width + 2) + field.value)
    }
    if let template = summary.chatTemplate {
      printLine("\nchat template\n" + template)
    }
  }

  private func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }
}
