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
      Ablate.self, Eval.self, Study.self, Tsne.self, FigureCommand.self, ReportCommand.self,
      Judge.self,
      Tokens.self, Models.self, Machine.self,
    ])

  static func main() {
    OutputStream.prepare()
    if let path = Inspection.path { Inspection.read(path) }
    Inspection.prepare()
    do {
      try CommandText.expectUTF8()
      var command = try parseAsRoot()
      try CreationDate.expectUsable()
      try command.run()
      try OutputStream.finish()
    } catch {
      Foundation.exit(tell(error))
    }
  }

  /// Prints what an error says, or the help that was asked for; returns the exit code.
  private static func tell(_ error: any Error) -> Int32 {
    let message = fullMessage(for: error)
    let code = exitCode(for: error)
    if code == .success {
      printLine(message)
    } else if !message.isEmpty {
      note(shortened(message))
    }
    do { try OutputStream.finish() } catch {
      if code == .success { return tell(error) }
    }
    return code.rawValue
  }

  /// The beginning and the end of a message that quotes a very long text: what and where, and the
  /// remedy.
  private static func shortened(_ message: String) -> String {
    let most = 4000
    guard message.utf8.count > most, message.count > most else { return message }
    return message.prefix(most / 2) + "[... \(message.count - most) characters ...]"
      + message.suffix(most / 2)
  }
}
