import Analysis
import ArgumentParser
import ModelLibrary
import Prompts

/// Where the states come from: a file, or a model and prompts that are run first.
struct StatesOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "A file from `workbench dump-activations`.",
      discussion: "It needs --positions query-end,last and a --response for d_harm.",
      valueName: "file"))
  var file: String?

  @Option(
    name: [.long, .short],
    help: ArgumentHelp("A model to run, in place of a file; see `dump-activations`."))
  var model: String?

  @OptionGroup var opening: OpeningOptions

  @Option(
    name: [.long, .short],
    help: ArgumentHelp(
      "A file of prompts to run; may be given several times.", valueName: "file"))
  var prompts: [String] = []

  @OptionGroup var columns: ColumnOptions

  func validate() throws {
    switch (file, model) {
    case (nil, nil):
      throw ValidationError("Give a file of states, or --model and --prompts.")
    case (.some, .some):
      throw ValidationError("Give a file of states or --model, not both.")
    case (.some, nil) where !prompts.isEmpty || !opening.adapters.folders.isEmpty:
      throw ValidationError("--prompts and --adapter go with --model, not with a file of states.")
    case (nil, .some) where prompts.isEmpty:
      throw ValidationError("--model needs --prompts.")
    default: break
    }
  }

  func openModel() throws -> LanguageModel {
    try opening.open(model ?? "")
  }

  /// A dump of what refusal vectors are made from, of prompts that were read before.
  func dump(
    _ prompts: [Prompt], of model: LanguageModel, format: FormatOptions, engine: EngineOptions
  ) throws -> ActivationDump {
    try ActivationDump(
      model: model, engine: engine.makeEngine(model), prompts: prompts,
      request: ActivationDump.Request(
        sites: [.residPost], layers: nil, positions: .named([.queryEnd, .last]),
        format: completed(format), dtype: .f32),
      memoryBudget: engine.budget)
  }

  /// The format of prompts with a response after them, which transitions end at: SCANS's where none
  /// is given.
  func completed(_ format: FormatOptions) -> PromptFormat {
    var completed = format.format
    completed.response = format.response ?? "Sure"
    return completed
  }
}

/// Which labels the two classes have.
struct LabelOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The label of the harmful prompts.", valueName: "label"))
  var unsafeLabel = "unsafe"

  @Option(help: ArgumentHelp("The label of the harmless prompts.", valueName: "label"))
  var safeLabel = "safe"

  func validate() throws {
    if unsafeLabel == safeLabel {
      throw ValidationError("\(VectorError.sameLabels(safeLabel)).")
    }
  }
}
