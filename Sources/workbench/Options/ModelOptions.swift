import ArgumentParser
import ModelLibrary

/// Which model a command works with.
struct ModelOptions: ParsableArguments {
  @Option(
    name: [.long, .short],
    help: "A GGUF file, a folder with one, or a name from `workbench models list`.")
  var model: String

  func open() throws -> LanguageModel {
    try LanguageModel(path: ModelCatalog().resolve(model))
  }
}
