import ArgumentParser
import Prompts

/// Which prompts a command reads.
struct PromptOptions: ParsableArguments {
  @Option(
    name: [.long, .short],
    help: ArgumentHelp(
      "A CSV, TSV, JSONL, JSON or TXT file of prompts (.gz too); may be given several times.",
      discussion:
        "The layouts of XSTest, AdvBench and TruthfulQA are recognised. White space around a "
        + "prompt is dropped, except with --raw. "
        + "Of several files, ids begin with the file's name and a colon.",
      valueName: "file"))
  var prompts: [String]

  @OptionGroup var columns: ColumnOptions

  func read(_ format: FormatOptions) throws -> PromptSet { try columns.read(prompts, format) }
}

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

  @OptionGroup var sample: SampleOptions

  /// Reads the prompts, and says on stderr what of the files was not used.
  ///
  /// Raw texts keep the white space around them, which changes their tokens.
  func read(_ paths: [String], _ format: FormatOptions?) throws -> PromptSet {
    let set = try PromptSet.read(
      paths: paths,
      options: PromptFileOptions(
        promptColumn: promptColumn, labelColumn: labelColumn, idColumn: idColumn,
        labelMap: labelMap.map { rules in try LabelMap(parsing: rules) }, sample: sample.sample,
        stripWhitespace: !(format?.raw ?? false)))
    for draw in set.draws { note(draw) }
    for warning in set.warnings { note("Warning: \(warning)") }
    return set
  }
}
