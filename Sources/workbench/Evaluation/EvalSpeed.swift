import ActivationStore
import Analysis
import ArgumentParser
import Foundation
import Prompts

struct EvalSpeed: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "speed",
    abstract: "Tokens a second and peak memory, without and with steering.",
    discussion: """
      EXAMPLE
        workbench eval speed --model SmolLM2-135M-Instruct \\
          --prompts data/contrast/requests.csv --steer vectors.h5
        workbench eval speed --model SmolLM2-135M-Instruct --rows 1,32 \\
          --prompts data/contrast/requests.csv --steer vectors.h5 --precision bf16

      Rounds without and with steering take turns, each on the next --rows prompts
      of the list, and each generates --max-new-tokens tokens for every prompt
      whatever the model says; the table has medians. decode counts the tokens after
      the first of each answer, whole all tokens over all the time, the prompts'
      included. Sigma is found before and is not timed. Memory is the most that the
      process held in a round, weights included (on macOS: since it began).
      """)

  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Prompts") var input: SteerInputOptions
  @OptionGroup(title: "Format of prompts") var format: FormatOptions

  @Option(
    help: ArgumentHelp(
      "Answers that are generated together, one number or several with commas.",
      valueName: "counts"))
  var rows = CountList([1])

  @Option(help: ArgumentHelp("Rounds of each variant.", valueName: "count"))
  var rounds = 5

  @Option(help: ArgumentHelp("Tokens of an answer, from 2.", valueName: "count"))
  var maxNewTokens = 64

  @OptionGroup(title: "Steering") var steering: OptionalSteeringOptions
  @OptionGroup(title: "Engine") var engine: EngineOptions
  @OptionGroup(title: "Tables") var tables: TableFileOptions
  @OptionGroup(title: "Output") var results: ResultOptions

  func validate() throws {
    try expectAnswerLength(maxNewTokens, flag: "--max-new-tokens")
    guard maxNewTokens > 1 else {
      throw ValidationError("--max-new-tokens is 1; give 2 or more, since the first is not timed.")
    }
    guard (1...1000).contains(rounds) else {
      throw ValidationError("--rounds is \(rounds); give a count from 1 to 1000.")
    }
  }

  func run() throws {
    let task = try CapabilityTask(
      SpeedFindings.groupName, model: model, steering: steering, engine: engine,
      results: results, tables: tables, inputs: input.prompts)
    let prompts = try input.readPrompts()
    let work = DecodeSpeed(
      model: task.model, engine: task.engine, rule: task.rule,
      request: DecodeSpeed.Request(
        rows: rows.counts, rounds: rounds, newTokens: maxNewTokens, format: format.format),
      memoryBudget: engine.budget)
    let runs = rounds * rows.counts.count * (task.rule == nil ? 1 : 2)
    let found = try following(total: runs, unit: "runs") { progress in
      try work.run(prompts, shouldStop: { Interruption.isRequested }, progress: progress)
    }
    let tables = SpeedTables(found, task: task, rounds: rounds, newTokens: maxNewTokens)
    try task.put(
      found.group(attributes: tables.attributes), csv: tables.csv, table: tables.table,
      json: tables.json)
  }
}

/// Counts from 1 to 4096, separated by commas, each once.
struct CountList: ExpressibleByArgument {
  let counts: [Int]

  init(_ counts: [Int]) { self.counts = counts }

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    counts = parts.compactMap { Int($0) }.filter { (1...4096).contains($0) }
    guard counts.count == parts.count, Set(counts).count == counts.count else { return nil }
  }

  var defaultValueDescription: String { counts.map(String.init).joined(separator: ",") }
}
