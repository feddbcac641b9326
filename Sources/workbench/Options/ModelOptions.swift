import ArgumentParser
import ModelLibrary

/// Which model a command works with.
struct ModelOptions: ParsableArguments {
  @Option(
    name: [.long, .short],
    help: ArgumentHelp(
      "A GGUF file, a Hugging Face folder, or a name from `workbench models list`.",
      discussion: "org/name is looked up in Hugging Face's cache."))
  var model: String

  @OptionGroup var adapters: AdapterOptions

  func open() throws -> LanguageModel {
    try LanguageModel(path: ModelCatalog().resolve(model), adapters: adapters.adapters)
  }
}
