import ArgumentParser
import Foundation
import ModelLibrary
import SteeringEngine

@main
struct KernelRates: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernel-rates",
    abstract: "Measure the engine's kernels on a model's shapes, beside the machine's peaks.",
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

  @Option(
    parsing: .upToNextOption,
    help: """
      Families of instruction sets to measure; the one in use when absent. Whole runs are those of \
      the one in use, which \(InstructionSet.variable) names.
      """)
  var instructionSets: [InstructionSet] = []

  @Option(help: "The folder for kernel_rates.md and kernel_rates.json.")
  var results = "Benchmarks/results"

  func validate() throws {
    guard samples > 0 else { throw ValidationError("--samples must be at least 1.") }
    guard threads.map({ $0 > 0 }) ?? true else {
      throw ValidationError("--threads must be at least 1.")
    }
    let available = InstructionSet.available
    if let missing = instructionSets.first(where: { !available.contains($0) }) {
      let names = available.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--instruction-sets: this machine has no \(missing), only \(names).")
    }
  }

  func run() throws {
    let inUse = try InstructionSet.inUse()
    let language = try LanguageModel(path: ModelCatalog().resolve(model))
    let engine = try prompts.map {
      try EngineBenchmark(model: language, promptPath: $0, limit: limit)
    }
    let threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
    var report = Report(
      machine: Machine(threads: threads, instructionSetInUse: inUse), model: language.name,
      samples: samples)
    for instructionSet in instructionSets.isEmpty ? [inUse] : instructionSets {
      let team = Team(threads: threads, samples: samples, instructionSet: instructionSet)
      report.families.append(
        try FamilyRates(
          of: language, team: team, engine: instructionSet == inUse ? engine : nil))
    }
    try report.write(to: results)
    print(report.markdown)
  }
}

extension InstructionSet: @retroactive ExpressibleByArgument {}
