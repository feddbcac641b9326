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

/// LoRA adapters on top of a model.
struct AdapterOptions: ParsableArguments {
  @Option(
    name: .customLong("adapter"),
    help: ArgumentHelp(
      "A folder with a LoRA adapter in PEFT's format; may be given several times.",
      valueName: "folder"))
  var folders: [String] = []

  @Option(
    name: .customLong("adapter-scale"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "The strength of each adapter in turn, 1 when absent.", valueName: "factor"))
  var scales: [Double] = []

  var adapters: [AdapterSource] {
    folders.enumerated().map { index, folder in
      AdapterSource(path: folder, scale: index < scales.count ? scales[index] : 1)
    }
  }

  func validate() throws {
    guard scales.count <= folders.count else {
      throw ValidationError(
        "--adapter-scale is given \(scales.count) times but --adapter \(folders.count) times; "
          + "give a scale for each adapter or none.")
    }
  }
}
