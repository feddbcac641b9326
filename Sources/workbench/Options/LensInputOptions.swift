import ArgumentParser
import Prompts

/// What the logit lens looks at: a file, or prompts.
struct LensInputOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "A file from `workbench vectors` or `workbench dump-activations`.", valueName: "file"))
  var file: String?

  @Option(help: ArgumentHelp("What to read in a file that holds both.", valueName: "kind"))
  var of: LensSubject?

  @Option(help: ArgumentHelp("One prompt, in place of a file.", valueName: "text"))
  var prompt: String?

  @Option(
    name: [.long, .short],
    help: ArgumentHelp(
      "A CSV, TSV, JSONL, JSON or TXT file of prompts, in place of a file of states; "
        + "may be given several times.",
      valueName: "file"))
  var prompts: [String] = []

  @OptionGroup var columns: ColumnOptions

  /// The files that are read.
  var paths: [String] { [file].compactMap { $0 } + prompts }

  /// What the prompts are called in headlines.
  var promptsName: String {
    prompt == nil ? prompts.joined(separator: " and ") : "one prompt"
  }

  func readPrompts(_ format: FormatOptions) throws -> [Prompt] {
    if let prompt { return [Prompt(id: "1", text: prompt)] }
    return try columns.read(prompts, format).prompts
  }

  func validate() throws {
    guard [file, prompt, prompts.first].compactMap({ $0 }).count == 1 else {
      throw ValidationError("Give one of a file, --prompt and --prompts.")
    }
    guard of == nil || file != nil else {
      throw ValidationError("--of chooses what to read in a file; name the file or drop --of.")
    }
  }
}
