import ActivationStore
import Analysis
import ArgumentParser
import Foundation
import Numerics
import Prompts

struct EvalSummaries: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summaries",
    abstract: "Summaries of documents and their ROUGE, without and with steering.",
    discussion: """
      EXAMPLE
        workbench eval summaries --model SmolLM2-135M-Instruct xsum.csv --limit 200
        workbench eval summaries --model SmolLM2-135M-Instruct xsum.csv --limit 200 \\
          --steer vectors.h5 --csv summaries.csv -o capability.h5

      The file has a column document (or dialogue, or article) and one summary (or
      highlights). The prompt is that of the SCANS paper's code, as the user's turn
      of the chat template; of a document that leaves no room for the answer, the
      beginning is read. Answers are greedy. Precision, recall and F are those of
      PyPI rouge-score without stemming, in percent, means over the documents. (PyPI
      rouge, which the paper's scores come from, keeps case and punctuation, counts
      each n-gram once, and takes ROUGE-L sentence by sentence: other numbers.)

      Under --steer, sigma comes from the whole prompt and Sure; steered is from the
      query end on.
      """)

  @Argument(
    help: ArgumentHelp(
      "A CSV, TSV, JSONL or JSON file of documents with summaries.", valueName: "file"))
  var documents: String

  @OptionGroup(title: "Model") var model: ModelOptions

  @OptionGroup(title: "Format of prompts") var format: FormatOptions

  @OptionGroup(title: "Documents") var sample: SampleOptions

  @Option(help: ArgumentHelp("The most tokens of a summary.", valueName: "count"))
  var maxNewTokens = 128

  @Option(
    help: ArgumentHelp("Hugging Face's repetition penalty, 1 for none.", valueName: "factor"))
  var repetitionPenalty: Float = 1.1

  @OptionGroup(title: "Steering") var steering: OptionalSteeringOptions
  @OptionGroup(title: "Engine") var engine: EngineOptions
  @OptionGroup(title: "Tables") var tables: TableFileOptions
  @OptionGroup(title: "Output") var results: ResultOptions

  func validate() throws {
    try expectAnswerLength(maxNewTokens, flag: "--max-new-tokens")
    try expectPenalty(repetitionPenalty)
  }

  func run() throws {
    let task = try CapabilityTask(
      SummaryFindings.groupName, model: model, steering: steering, engine: engine,
      results: results, tables: tables, inputs: [documents])
    let all = try DocumentSet.read(path: documents).documents
    // A document has no label or kind.
    let drawn = sample.sample.indices(of: all.map { _ in "" }).map { all[$0] }
    let work = try Summaries(
      model: task.model, engine: task.engine, rule: task.rule, format: format.format,
      options: AnswerOptions(
        maxNewTokens: maxNewTokens, repetitionPenalty: repetitionPenalty),
      memoryBudget: engine.budget)
    let count = drawn.count * (task.rule == nil ? 1 : 2)
    let found = try following(total: count, unit: "summaries") { progress in
      try work.run(drawn, shouldStop: { Interruption.isRequested }, progress: progress)
    }
    let tables = SummaryTables(found, task: task)
    try task.put(
      found.group(attributes: attributes(task)), csv: tables.csv, table: tables.table,
      json: tables.json)
  }

  private func attributes(_ task: CapabilityTask) -> [String: ResultValue] {
    task.attributes.merging([
      "source": .text(documents), "seed": .integer(Int(clamping: sample.limitSeed ?? 0)),
      "max_new_tokens": .integer(maxNewTokens),
      "repetition_penalty": .number(Double(repetitionPenalty)),
    ]) { $1 }
  }
}
