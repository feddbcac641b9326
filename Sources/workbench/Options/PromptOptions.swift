import ArgumentParser
import Prompts

/// Which prompts a command reads.
struct PromptOptions: ParsableArguments {
  @Option(
    name: [.long, .short],
    help: ArgumentHelp(
      "A CSV, TSV, JSONL, JSON or TXT file of prompts; may be given several times.",
      discussion: "The layouts of XSTest, AdvBench and TruthfulQA are recognised. "
        + "Of several files, ids begin with the file's name and a colon.",
      valueName: "file"))
  var prompts: [String]

  @OptionGroup var columns: ColumnOptions

  func read() throws -> PromptSet { try columns.read(prompts) }
}
