import ArgumentParser
import ModelLibrary
import Tokenization

/// Which model a command works with.
struct ModelOptions: ParsableArguments {
  @Option(
    name: [.long, .short],
    help: ArgumentHelp(
      "A GGUF file, a Hugging Face folder, or a name from `workbench models list`.",
      discussion: "org/name is looked up in Hugging Face's cache."))
  var model: String

  @OptionGroup var opening: OpeningOptions

  func open() throws -> LanguageModel { try opening.open(model) }
}

/// How a model's files are opened.
struct OpeningOptions: ParsableArguments {
  @OptionGroup var adapters: AdapterOptions

  @Option(
    help: ArgumentHelp(
      "How a GGUF file splits text into words, when it does not say; such as llama-bpe or qwen2.",
      discussion: "One of "
        + BytePairTokenizer.supportedPreTokenizers.joined(separator: ", ") + ".",
      valueName: "name"))
  var preTokenizer: String?

  /// Opens a model by path or name.
  func open(_ model: String) throws(ModelError) -> LanguageModel {
    try open(path: ModelCatalog().resolve(model))
  }

  /// Opens a model, and says what of its files is left out.
  func open(path: String) throws(ModelError) -> LanguageModel {
    let model = try LanguageModel(
      path: path, adapters: adapters.adapters, preTokenizer: preTokenizer)
    let leftOut = model.checkpoint.leftOut
    if !leftOut.isEmpty {
      note("\(model.path): only the text part is read, without \(leftOut.joined(separator: ", "))")
    }
    return model
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
