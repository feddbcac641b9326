import ArgumentParser
import Foundation

@main
struct Workbench: ParsableCommand {
  /// Recorded in every file that the workbench writes.
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "workbench",
    abstract: "Look inside language models and steer them: why do aligned models refuse?",
    version: version,
    subcommands: [
      DumpActivations.self, Vectors.self, Classify.self, LogitLensCommand.self, Steer.self,
      Ablate.self, Eval.self, Tsne.self, FigureCommand.self, ReportCommand.self, Judge.self,
      Tokens.self, Models.self, Machine.self,
    ])

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
      // What is printed is buffered, so a full disk behind stdout shows only now.
      guard fflush(nil) == 0 else { throw OutputFailure() }
    } catch {
      exit(withError: error)
    }
  }
}

/// Results could not be written to stdout.
private struct OutputFailure: Error, CustomStringConvertible {
  let description =
    "the results could not be written to standard output; free some space on its disk"
}
