import ActivationStore
import Analysis
import ArgumentParser
import Foundation

struct EvalShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Make the tables of an evaluation again from its file, without a model.",
    discussion: """
      EXAMPLE
        workbench eval show eval.h5
        workbench eval show eval.h5 --threshold 0.65 --classifier-layers 10-29 \\
          --markdown table.md --compare paper

      The file keeps every prompt's answers under both signs and its cosines at
      every layer, so another threshold or layer set needs no new tokens.
      """)

  @Argument(help: ArgumentHelp("A file from `workbench eval`.", valueName: "file"))
  var file: String

  @OptionGroup(title: "Classifier") var signRule: SignRuleOptions
  @OptionGroup(title: "Tables") var tables: EvalShowTables

  @Flag(help: "Print JSON.")
  var json = false

  @Option(help: ArgumentHelp("Write every answer to a CSV file.", valueName: "file"))
  var csv: String?

  @Flag(help: "Replace files that exist.")
  var force = false

  func run() throws {
    let files = try tables.files.open(reading: [file], overwrite: force)
    let csv = try csv.map { path in
      try expectOther(path, than: [file])
      return try CSVFile(path: path, forSpreadsheets: false, overwrite: force)
    }
    let (evaluation, model) = try SafetyEvaluation.read(file)
    guard !signRule.isGiven || evaluation.hasSteered else { throw SafetyError.noScores(path: file) }
    guard try evaluation.isFinished() else {
      let (done, needed) = try evaluation.progress()
      throw SafetyError.unfinished(path: file, answers: needed - done)
    }
    let chosen = SafetyEvaluation.SignRule(
      threshold: signRule.threshold?.threshold ?? evaluation.signRule.threshold,
      layers: signRule.classifierLayers.map { Set($0.layers).sorted() }
        ?? evaluation.signRule.layers,
      classifier: signRule.classifier ?? evaluation.signRule.classifier)
    try EvaluationTables(
      evaluation, signRule: chosen, model: model, path: file, isFile: true,
      comparison: tables.compare
    ).put(to: files, csv: csv, asJSON: json)
  }
}

/// How the classifier's scores become signs.
struct SignRuleOptions: ParsableArguments {
  @Option(help: ArgumentHelp(HarmClassifier.Kind.help, valueName: "name"))
  var classifier: HarmClassifier.Kind?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The threshold of s_q: a number, or anchors; anchors or the run's when absent.",
      valueName: "T"))
  var threshold: ThresholdChoice?

  @Option(
    help: ArgumentHelp(
      "The layers that s_q is the mean over, e.g. 10-29; SCANS's or the run's when absent.",
      valueName: "list"))
  var classifierLayers: LayerList?

  var isGiven: Bool { classifier != nil || threshold != nil || classifierLayers != nil }
}

/// What tables are compared with, and where they go.
struct EvalShowTables: ParsableArguments {
  enum Comparison: String, CaseIterable, ExpressibleByArgument { case paper }

  @Option(help: ArgumentHelp("Print the published numbers beside ours: paper.", valueName: "what"))
  var compare: Comparison?

  @OptionGroup var files: TableFileOptions
}
