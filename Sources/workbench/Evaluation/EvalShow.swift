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

      The file keeps every prompt's answers under both signs and its cosines at every
      layer, so another threshold or layer set needs no new tokens.
      """)

  @Argument(help: ArgumentHelp("A file from `workbench eval`.", valueName: "file"))
  var file: String

  @OptionGroup(title: "Classifier") var reading: EvalShowReading
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
      return try CSVFile(path: path, overwrite: force)
    }
    let (evaluation, model) = try SafetyEvaluation.read(file)
    guard !reading.isGiven || evaluation.hasSteered else { throw SafetyError.noScores(path: file) }
    guard try evaluation.isFinished() else {
      let (done, needed) = try evaluation.progress()
      throw SafetyError.unfinished(path: file, answers: needed - done)
    }
    let chosen = SafetyEvaluation.Reading(
      threshold: reading.threshold?.threshold ?? evaluation.reading.threshold,
      layers: reading.classifierLayers.map { Set($0.layers).sorted() }
        ?? evaluation.reading.layers)
    try EvalShowReport(
      evaluation, reading: chosen, model: model, path: file, comparison: tables.compare
    ).put(to: files, csv: csv, asJSON: json)
  }
}
