import ArgumentParser
import Checkpoints
import Foundation
import ModelLibrary
import SteeringEngine

extension Precision: ExpressibleByArgument {}

/// How the forward pass runs.
struct EngineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Matrix products in f32 (the reference) or bf16, faster on processors that multiply it.",
      discussion: "Keys and values are float16 beside bf16; sums and the residual stream float32."))
  var precision = Precision.f32

  @OptionGroup var threads: ThreadOptions

  @Option(
    help: ArgumentHelp(
      "Memory that a run may take, e.g. 500M or 8G; half of the machine's when absent.",
      discussion: "Longer prompt sets are cut into chunks, which changes no result.",
      valueName: "size"))
  var memoryBudget: ByteCount?

  var budget: Int { memoryBudget?.bytes ?? Int(ProcessInfo.processInfo.physicalMemory / 2) }

  /// An engine for one pass, or for many, which keeps weights within half of the budget.
  func makeEngine(_ model: LanguageModel, keepingWeights: Bool = false) throws -> SteeringEngine {
    try SteeringEngine(
      checkpoint: model.checkpoint, precision: precision,
      threads: threads.count, weightBudget: keepingWeights ? budget / 2 : 0)
  }
}

/// A size in bytes: a number with an optional suffix K, M, G or T (powers of 1024).
struct ByteCount: ExpressibleByArgument {
  let bytes: Int

  init?(argument: String) {
    let suffixes: [Character: Int] = ["K": 10, "M": 20, "G": 30, "T": 40]
    var digits = argument[...]
    var shift = 0
    if let last = digits.last?.uppercased().first, let known = suffixes[last] {
      shift = known
      digits = digits.dropLast()
    }
    guard let number = Int(digits), number > 0, number <= Int.max >> shift else { return nil }
    bytes = number << shift
  }
}
