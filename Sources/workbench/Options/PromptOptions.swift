import ArgumentParser
import Prompts

/// Which prompts a command reads.
struct PromptOptions: ParsableArguments {
  @Option(
    name: [.long, .short],
    help: ArgumentHelp(
      "A CSV, TSV, JSONL, JSON or TXT file of prompts.",
      discussion: "The layouts of XSTest, AdvBench and TruthfulQA are recognised.",
      valueName: "file"))
  var prompts: String

  @Option(help: ArgumentHelp("The column with the prompts.", valueName: "name"))
  var promptColumn: String?

  @Option(help: ArgumentHelp("The column with the labels.", valueName: "name"))
  var labelColumn: String?

  @Option(help: ArgumentHelp("The column with the prompts' identifiers.", valueName: "name"))
  var idColumn: String?

  @Option(
    help: ArgumentHelp(
      "Rules from values of the label column to labels, e.g. 'contrast_*=unsafe,*=safe'.",
      valueName: "rules"))
  var labelMap: String?

  @Option(help: ArgumentHelp("Read only the first prompts.", valueName: "count"))
  var limit: Int?

  func read() throws -> PromptSet {
    try PromptSet.read(
      path: prompts,
      options: PromptFileOptions(
        promptColumn: promptColumn, labelColumn: labelColumn, idColumn: idColumn,
        labelMap: labelMap.map { rules in try LabelMap(parsing: rules) }, limit: limit))
  }
}
