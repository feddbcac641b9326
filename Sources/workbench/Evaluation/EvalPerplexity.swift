import ActivationStore
import Analysis
import ArgumentParser
import Foundation
import ModelLibrary

extension TextPerplexity.Format: ExpressibleByArgument {}

struct EvalPerplexity: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "perplexity",
    abstract: "The perplexity of texts, without and with steering.",
    discussion: """
      EXAMPLE
        workbench eval perplexity --model SmolLM2-135M-Instruct \\
          wikitext2_test.txt --max-tokens 20000
        workbench eval perplexity --model SmolLM2-135M-Instruct \\
          wikitext2_test.txt c4.jsonl --format chat --steer vectors.h5 --alpha 2 -o capability.h5

      plain  Every token is scored once, in windows that do not overlap. The first
             token follows BOS (EOS where the model has none); every later window
             begins with the last token of the one before, as in the rolling
             log-likelihood of lm-evaluation-harness, whose figures these are:
             perplexity per token, per word (the text split at white space) and per
             byte, bits per byte. Steered are all positions.
      chat   As in the SCANS paper: chunks of --window tokens less those of the chat
             template, each with its first half as the user's turn and its second
             half as the answer; all tokens but the first are scored, the template's
             too; exp of the mean of the chunks' means. A rest shorter than a chunk
             is left out. Steered is from the query end on.

      Under --steer, sigma is found for every window on its own: its text as the
      user's turn of the chat template, and Sure; of a text too long for that, the
      end. A control token written in a text, such as <unk>, is read as that token.
      """)

  @Argument(
    help: ArgumentHelp(
      "Text files; of JSON lines (.jsonl, or .json as in C4, also .gz), the field text, joined by blank lines.",
      valueName: "file"))
  var texts: [String]

  @OptionGroup(title: "Model") var model: ModelOptions

  @Option(help: "How the model reads a text.")
  var format = TextPerplexity.Format.plain

  @Option(
    help: ArgumentHelp("Tokens of a window; at most the model's context.", valueName: "tokens"))
  var window = 1024

  @Option(help: ArgumentHelp("Read only the first tokens of each text.", valueName: "count"))
  var maxTokens: Int?

  @OptionGroup(title: "Steering") var steering: OptionalSteeringOptions
  @OptionGroup(title: "Engine") var engine: EngineOptions
  @OptionGroup(title: "Tables") var tables: TableFileOptions
  @OptionGroup(title: "Output") var results: ResultOptions

  func validate() throws {
    guard window >= 2 else {
      throw ValidationError("--window is \(window); give 2 tokens or more.")
    }
    if let maxTokens, maxTokens < 2 {
      throw ValidationError("--max-tokens is \(maxTokens); give 2 or more.")
    }
  }

  func run() throws {
    let task = try CapabilityTask(
      PerplexityFindings.groupName, model: model, steering: steering, engine: engine,
      results: results, tables: tables, inputs: texts)
    let read = try texts.map { path in
      try TextPerplexity(
        path: path, model: task.model,
        request: TextPerplexity.Request(format: format, window: window, maxTokens: maxTokens))
    }
    let work = Perplexity(
      model: task.model, engine: task.engine, rule: task.rule, memoryBudget: engine.budget)
    let found = try following(total: read.reduce(0) { $0 + $1.tokenCount }, unit: "tokens") {
      progress in
      try work.run(read, shouldStop: { Interruption.isRequested }, progress: progress)
    }
    let tables = PerplexityTables(
      found, task: task, window: min(window, task.model.config.nCtx))
    try task.put(
      found.group(attributes: tables.attributes), csv: tables.csv, table: tables.table,
      json: tables.json)
  }
}
