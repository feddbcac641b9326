import ArgumentParser
import Foundation
import ModelLibrary
import SteeringEngine

@main
struct SteeringParity: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "steering-parity",
    abstract: "The engine's side of Benchmarks/steering.py, by the library alone.",
    subcommands: [WriteRows.self, Decode.self])
}

/// The model, and how it is run.
struct RunOptions: ParsableArguments {
  @Argument(help: "A folder with job.json and vectors.f32.")
  var job: String

  @Option(help: "A GGUF file, or a name from `workbench models list`.")
  var model: String

  @Option(help: "f32 or bf16.")
  var precision = "f32"

  @Option(help: "Threads; all cores when absent.")
  var threads: Int?

  var folder: URL { URL(fileURLWithPath: job, isDirectory: true) }

  func engine() throws -> SteeringEngine {
    guard let precision = Precision(rawValue: precision) else {
      throw ValidationError("--precision is f32 or bf16, not \(precision).")
    }
    let language = try LanguageModel(path: ModelCatalog().resolve(model))
    return try SteeringEngine(
      checkpoint: language.checkpoint, precision: precision,
      threads: threads ?? ProcessInfo.processInfo.activeProcessorCount, weightBudget: .max)
  }
}

/// Runs all prompts, first unsteered, then steered.
struct WriteRows: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rows",
    abstract: "Write resid_post.f32, logits.f32 and answers.json into the job's folder.")

  @OptionGroup var options: RunOptions

  func run() throws {
    let job = try Job(folder: options.folder)
    let engine = try options.engine()
    let sequences = job.sequences(steered: false) + job.sequences(steered: true)
    let config = engine.config
    let hooks = (0..<config.nLayers).map(HookPoint.residPost) + [.logits]
    let plan = try engine.plan(sequences, capturing: hooks, memoryBudget: .max)
    var files = RowFiles(
      sequences: sequences.count, nLayers: config.nLayers, dModel: config.dModel,
      dVocab: config.dVocab)
    try engine.run(sequences, plan: plan, capturing: hooks) { files.add($0) }
    try files.write(to: options.folder)

    let greedy = GenerationOptions(
      maxNewTokens: job.newTokens, repetitionPenalty: job.repetitionPenalty, stopTokens: [])
    let answers = try engine.generate(sequences, options: greedy, memoryBudget: .max)
    try JSONEncoder().encode(answers.map(\.tokens))
      .write(to: options.folder.appendingPathComponent("answers.json"))
  }
}

/// Times generation from tokens in memory to tokens in memory.
struct Decode: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Time a process's first and second steered generation, and print them as JSON.")

  @OptionGroup var options: RunOptions

  @Option(help: "How many prompts are answered together.")
  var rows: Int

  func run() throws {
    let job = try Job(folder: options.folder)
    let engine = try options.engine()
    let sequences = Array(job.sequences(steered: true).prefix(rows))
    let greedy = GenerationOptions(
      maxNewTokens: job.newTokens, repetitionPenalty: job.repetitionPenalty, stopTokens: [],
      batchRows: rows)
    // Weights are read and packed when they are needed first, so a token loads the model.
    var one = greedy
    one.maxNewTokens = 1
    _ = try engine.generate(Array(sequences.prefix(1)), options: one, memoryBudget: .max)
    let first = try generate(sequences, greedy, with: engine)
    let second = try generate(sequences, greedy, with: engine)
    precondition(first.tokens == second.tokens, "the same answers have the same tokens")
    print(
      """
      {"tokens": \(second.tokens), "seconds": \(second.seconds), "first_seconds": \(first.seconds)}
      """)
  }

  private func generate(
    _ sequences: [TokenSequence], _ options: GenerationOptions, with engine: SteeringEngine
  ) throws -> (seconds: Double, tokens: Int) {
    var tokens = 0
    let time = try ContinuousClock().measure {
      let answers = try engine.generate(sequences, options: options, memoryBudget: .max)
      tokens = answers.reduce(0) { $0 + $1.tokens.count }
    }
    return (time / .seconds(1), tokens)
  }
}
