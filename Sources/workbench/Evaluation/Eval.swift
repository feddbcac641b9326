import ArgumentParser

struct Eval: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Evaluate as the paper does: refusals of several methods, and what steering costs.",
    discussion: """
      EXAMPLE
        workbench eval --model SmolLM2-135M-Instruct \\
          --set xstest=xstest_v2_prompts.csv --method prompt-helpful -o eval.h5
        workbench eval show eval.h5
        workbench eval perplexity --model SmolLM2-135M-Instruct text.txt \\
          --steer vectors.h5

      Without the name of a subcommand it is `workbench eval run`; `workbench eval
      run --help` lists its options.
      """,
    subcommands: [
      EvalRun.self, EvalShow.self, EvalPerplexity.self, EvalMMLU.self, EvalSummaries.self,
      EvalSpeed.self,
    ],
    defaultSubcommand: EvalRun.self)
}
