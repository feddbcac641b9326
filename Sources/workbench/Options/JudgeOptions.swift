import Analysis
import ArgumentParser

/// Which judge decides whether an answer refuses.
struct JudgeOptions: ParsableArguments {
  @Option(
    name: .customLong("judge"),
    help: ArgumentHelp(
      "A file of refusal phrases, in place of the workbench's own.", valueName: "file"))
  var path: String?

  func open() throws -> RefusalJudge {
    try path.map { path in try RefusalJudge(path: path) } ?? RefusalJudge.standard()
  }
}
