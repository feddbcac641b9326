import ArgumentParser

struct Eval: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure what a model can do, as it is and steered.",
    subcommands: [EvalPerplexity.self, EvalMMLU.self, EvalSummaries.self, EvalSpeed.self])
}
