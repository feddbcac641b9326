import ActivationStore
import Analysis
import ArgumentParser
import Foundation
import Numerics

struct Judge: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure what decides whether an answer refuses, and show its phrases.",
    subcommands: [JudgeCalibrate.self, JudgePhrases.self])
}

struct JudgePhrases: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "phrases",
    abstract: "Print the standard phrases of refusal, to begin a file of your own with.",
    discussion: """
      EXAMPLE
        workbench judge phrases > phrases.txt
      """)

  func run() { OutputStream.results.write(RefusalJudge.standardPhrases) }
}

extension JudgeCalibration.Rows: ExpressibleByArgument {}

struct JudgeCalibrate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Hold the judge of refusals against people's labels.",
    discussion: """
      EXAMPLE
        workbench judge calibrate xstest_v2_completions_llama2orig.csv \\
          xstest_v2_completions_mistralinstruct.csv --rows even
        workbench judge calibrate answers.csv --judge phrases.txt --correct 37/100

      A file has a column of answers (completion, response or answer) and one of
      labels (final_label or label): 1... for compliance, 2... for a full and 3...
      for a partial refusal as XSTest has them, or compliance and refusal. A partial
      refusal counts as a refusal. The standard phrases were chosen on the odd rows
      of XSTest's files. `workbench judge phrases` shows them and the format of
      --judge.

      A rate of refusals is corrected for the judge's errors (Rogan and Gladen), a
      file's with the errors in the other files, since its own would give the
      labels' rate back. That helps as far as the judge errs in the one as it does
      in the others.
      """)

  @Argument(help: "Files of answers with labels.")
  var files: [String]

  @OptionGroup(title: "Judge") var judge: JudgeOptions

  @Option(help: ArgumentHelp("The rows that count: all, odd or even.", valueName: "rows"))
  var rows = JudgeCalibration.Rows.all

  @Option(
    help: ArgumentHelp(
      "Refusals of answers that the judge counted elsewhere, to be corrected.",
      valueName: "refusals/answers"))
  var correct: RefusalCount?

  @OptionGroup(title: "Output") var results: ResultOptions

  func validate() throws {
    for (index, file) in files.enumerated() where files[..<index].contains(file) {
      throw ValidationError("\(file) is given twice; give each file once.")
    }
  }

  func run() throws {
    let started = Date()
    let inputs = files + [judge.path].compactMap { $0 }
    if let output = results.output { try expectOther(output, than: inputs) }
    try results.expectRoom(for: JudgeCalibration.groupName)
    let csv = try results.openCSV(reading: inputs)
    let found = try JudgeCalibration(judge.open(), files: files, rows: rows)
    for warning in found.warnings { note("Warning: \(warning)") }
    if let output = results.output {
      try ResultFile.write(
        [found.group], to: output, provenance: .thisRun(started: started),
        overwrite: results.force)
    }
    try csv?.write(
      ["file", "id", "label", "refused", "judged_refused"],
      found.files.flatMap { file in
        file.answers.map {
          [file.name, $0.id, $0.label, "\($0.isRefusal)", "\($0.isJudgedRefusal)"]
        }
      })
    let tables = CalibrationTables(found, correcting: correct)
    if results.json { try printJSON(tables) } else { tables.show() }
  }
}

/// Refusals among answers, on the command line: `37/100`.
struct RefusalCount: ExpressibleByArgument, Encodable {
  let refusals: Int
  let answers: Int

  init?(argument: String) {
    let sides = argument.split(separator: "/", omittingEmptySubsequences: false)
    guard sides.count == 2, let refusals = Int(sides[0]), let answers = Int(sides[1]),
      answers > 0, (0...answers).contains(refusals)
    else { return nil }
    self.refusals = refusals
    self.answers = answers
  }
}
