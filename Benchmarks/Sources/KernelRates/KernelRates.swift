import ArgumentParser
import Foundation
import ModelLibrary
import SteeringEngine

@main
struct KernelRates: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernel-rates",
    abstract: "Measure the engine's kernels on a model's shapes.",
    discussion: """
      EXAMPLE
        swift run -c release --package-path Benchmarks kernel-rates \\
          --prompts xstest_v2_prompts.csv
      """)

  @Option(help: "A GGUF file, or a name from `workbench models list`.")
  var model = "SmolLM2-135M-Instruct"

  @Option(help: "A prompt file for whole runs of the engine; without it only kernels are measured.")
  var prompts: String?

  @Option(help: "Read only the first prompts.")
  var limit: Int?

  @Option(help: "Threads; all cores when absent.")
  var threads: Int?

  @Option(help: "Samples of every measurement.")
  var samples = 10

  @Option(help: "The folder for kernel_rates.md and kernel_rates.json.")
  var results = "Benchmarks/results"

  func validate() throws {
    guard samples > 0 else { throw ValidationError("--samples must be at least 1.") }
    guard threads.map({ $0 > 0 }) ?? true else {
      throw ValidationError("--threads must be at least 1.")
    }
  }

  func run() throws {
    let language = try LanguageModel(path: ModelCatalog().resolve(model))
    let team = Team(
      threads: threads ?? ProcessInfo.processInfo.activeProcessorCount, samples: samples)
    var report = Report(machine: Machine(threads: team.threads), model: language.name)
    try measure(language, team, into: &report)
    try report.write(to: results)
    print(report.markdown)
  }

  private func measure(_ model: LanguageModel, _ team: Team, into report: inout Report) throws {
    let oneDNN = try OneDNN(threads: team.threads)
    let shapes = ProductShape.all(model.config)
    let products = ProductRates(oneDNN: oneDNN, shapes: shapes, team: team)
    let rowKernels = RowKernelRates(config: model.config, team: team)
    let weights = WeightRates(
      checkpoint: model.checkpoint, oneDNN: oneDNN, team: team)
    let engine = try prompts.map {
      try EngineBenchmark(model: model, promptPath: $0, limit: limit, team: team)
    }
    report.rowKernels += rowKernels.inPlace()
    report.weights += try weights.unpacking()
    for precision in Precision.allCases {
      let block = try products.block(precision)
      if let engine { report.runs.append(try engine.measure(precision, alone: block)) }
      report.blocks.append(block.measure())
      report.oneDNNAlone += try products.byOneDNNItself(precision)
      report.products += try products.byShape(precision)
      report.rowKernels += rowKernels.intoProducts(precision)
      report.rowKernels += [(28, 40), (0, 256), (0, 1024)].map {
        rowKernels.attention(shared: $0.0, context: $0.1, precision)
      }
      report.weights += try weights.packing(shapes, precision)
    }
  }
}
