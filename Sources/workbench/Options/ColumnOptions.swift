import ArgumentParser
import Prompts

/// How a file of prompts is read.
struct ColumnOptions: ParsableArguments {
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

  @Option(help: ArgumentHelp("Read only the first prompts of each file.", valueName: "count"))
  var limit: Int?

  func read(_ paths: [String]) throws -> PromptSet {
    try PromptSet.read(
      paths: paths,
      options: PromptFileOptions(
        promptColumn: promptColumn, labelColumn: labelColumn, idColumn: idColumn,
        labelMap: labelMap.map { rules in try LabelMap(parsing: rules) }, limit: limit))
  }
}
