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

  @Option(
    name: .customLong("template-arg"),
    help: ArgumentHelp(
      "A variable of the chat template, JSON or text, e.g. enable_thinking=false; repeatable.",
      valueName: "name=value"),
    transform: { text in
      guard let argument = TemplateArgument(text) else {
        throw ValidationError(
          "\(text) is not of the form NAME=VALUE, or names what every template is given.")
      }
      return argument
    })
  var templateArguments: [TemplateArgument] = []

  /// Opens a model by path or name.
  func open(_ model: String) throws(ModelError) -> LanguageModel {
    try open(path: ModelCatalog().resolve(model))
  }

  /// Opens a model, and says what a user would not expect of it.
  func open(path: String) throws(ModelError) -> LanguageModel {
    let model = try LanguageModel(
      path: path, adapters: adapters.adapters, preTokenizer: preTokenizer,
      templateArguments: templateArguments)
    let leftOut = model.checkpoint.leftOut
    if !leftOut.isEmpty {
      note("\(model.path): only the text part is read, without \(leftOut.joined(separator: ", "))")
    }
    if model.tellsDate {
      note(
        "\(model.path): its chat template writes today's date, so the same command gives other "
          + "numbers tomorrow; set the date, as by --template-arg 'date_string=26 Jul 2024'")
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

  /// The same options again, for another command.
  var arguments: [String] {
    folders.flatMap { ["--adapter", $0] } + scales.flatMap { ["--adapter-scale", "\($0)"] }
  }

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
