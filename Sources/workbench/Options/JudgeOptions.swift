import Analysis
import ArgumentParser

/// What decides whether an answer refuses.
struct JudgeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Phrases of refusal in place of the standard ones, in the format that `workbench judge "
        + "phrases` shows.", valueName: "file"))
  var judge: String?

  func open() throws -> RefusalJudge {
    try judge.map { path in try RefusalJudge(path: path) } ?? RefusalJudge.standard()
  }
}
