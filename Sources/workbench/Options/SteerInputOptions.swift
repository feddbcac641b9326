import Analysis
import ArgumentParser
import Prompts

/// The prompts that are answered: words of the command line, or files.
struct SteerInputOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("A prompt.", valueName: "prompt"))
  var text: String?

  @Option(
    name: [.long, .short],
    help: ArgumentHelp(
      "A CSV, TSV, JSONL, JSON or TXT file of prompts, in place of one prompt; may be given "
        + "several times.",
      valueName: "file"))
  var prompts: [String] = []

  @OptionGroup var columns: ColumnOptions

  func readPrompts(_ format: FormatOptions? = nil) throws -> [Prompt] {
    if let text { return [Prompt(id: "1", text: text)] }
    return try columns.read(prompts, format).prompts
  }

  func validate() throws {
    guard (text != nil) != !prompts.isEmpty else {
      throw ValidationError("Give a prompt or --prompts, one of them.")
    }
  }
}

/// How steered and unsteered answers are generated and judged.
struct SteerAnswerOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The most tokens of an answer.", valueName: "count"))
  var maxNewTokens = 256

  @Option(
    help: ArgumentHelp(
      "Hugging Face's repetition penalty, 1 for none; the profile's when absent.",
      valueName: "factor"))
  var repetitionPenalty: Float?

  @OptionGroup var sampling: SamplingOptions
  @OptionGroup var judge: JudgeOptions

  func options(_ profile: ScansProfile) -> AnswerOptions {
    AnswerOptions(
      maxNewTokens: maxNewTokens,
      repetitionPenalty: repetitionPenalty ?? profile.repetitionPenalty,
      sampling: sampling.sampling)
  }

  func validate() throws {
    try expectAnswerLength(maxNewTokens, flag: "--max-new-tokens")
    try expectPenalty(repetitionPenalty)
  }
}
