import ArgumentParser

@main
struct Workbench: ParsableCommand {
  /// Recorded in every file that the workbench writes.
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "workbench",
    abstract: "Look inside language models and steer them: why do aligned models refuse?",
    version: version,
    subcommands: [DumpActivations.self, Tokens.self, Models.self])
}
