import ArgumentParser

struct Eval: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Evaluate as the paper does: refusals of several methods on benchmarks.",
    subcommands: [EvalRun.self, EvalShow.self], defaultSubcommand: EvalRun.self)
}
