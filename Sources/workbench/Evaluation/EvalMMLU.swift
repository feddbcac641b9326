import ActivationStore
import Analysis
import ArgumentParser
import Foundation

struct EvalMMLU: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mmlu",
    abstract: "MMLU with examples in the prompt, without and with steering.",
    discussion: """
      EXAMPLE
        workbench eval mmlu --model SmolLM2-135M-Instruct mmlu \\
          --subjects econometrics,philosophy
        workbench eval mmlu --model SmolLM2-135M-Instruct mmlu --steer vectors.h5 \\
          --profile scans-paper --csv questions.csv -o capability.h5

      The folder has dev/SUBJECT_dev.csv and test/SUBJECT_test.csv, as MMLU's
      authors publish them. A prompt is plain text in the words of their script: the
      first --shots questions of dev with their answers, then the question, up to
      "Answer:"; no chat template. Examples are dropped from the end until it fits
      2,048 tokens, or the model's context. The answer is the likeliest of the four
      letters' tokens with the space before them, which is what follows "Answer:" in
      the examples. All is pooled over questions; the standard error is that of
      lm-evaluation-harness.

      Under --steer, sigma is found for every question: its whole prompt as the
      user's turn of the chat template, and Sure. scans-repo steers all positions
      (the released code never finds its marker in these prompts), scans-paper the
      last token alone, where the answer is read.
      """)

  @Argument(help: ArgumentHelp("The folder with dev and test in it.", valueName: "folder"))
  var folder: String

  @OptionGroup(title: "Model") var model: ModelOptions

  @Option(
    help: ArgumentHelp(
      "Subjects as their files are named, separated by commas; all when absent.",
      valueName: "names"))
  var subjects: NameList?

  @Option(help: ArgumentHelp("Examples in a prompt, from 0.", valueName: "count"))
  var shots = 5

  @OptionGroup(title: "Steering") var steering: OptionalSteeringOptions
  @OptionGroup(title: "Engine") var engine: EngineOptions
  @OptionGroup(title: "Tables") var tables: TableFileOptions
  @OptionGroup(title: "Output") var results: ResultOptions

  func validate() throws {
    guard shots >= 0 else { throw ValidationError("--shots is \(shots); give 0 or more.") }
  }

  func run() throws {
    let task = try CapabilityTask(
      MMLUFindings.groupName, model: model, steering: steering, engine: engine, results: results,
      tables: tables, inputs: [folder])
    let read = try MMLUSubject.read(folder: folder, names: subjects?.names)
    let work = try MMLU(
      model: task.model, engine: task.engine, rule: task.rule, shots: shots,
      memoryBudget: engine.budget)
    let count = read.reduce(0) { $0 + $1.questions.count }
    let found = try following(total: count, unit: "questions") { progress in
      try work.run(read, shouldStop: { Interruption.isRequested }, progress: progress)
    }
    let tables = MMLUTables(found, task: task, shots: shots)
    try task.put(
      found.group(attributes: tables.attributes), csv: tables.csv, table: tables.table,
      json: tables.json)
  }
}

/// Names, separated by commas, each once.
struct NameList: ExpressibleByArgument {
  let names: [String]

  init?(argument: String) {
    names = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard !names.contains(""), Set(names).count == names.count else { return nil }
  }
}
