import Analysis
import ArgumentParser

struct Judge: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure what decides whether an answer refuses, and show its phrases.",
    subcommands: [JudgeCalibrate.self, JudgePhrases.self])
}

struct JudgePhrases: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "phrases",
    abstract: "Print the standard phrases of refusal, to begin a file of your own with.",
    discussion: """
      EXAMPLE
        workbench judge phrases > phrases.txt
      """)

  func run() { print(RefusalJudge.standardPhrases, terminator: "") }
}
