import ActivationStore
import Analysis
import ArgumentParser
import Foundation

extension Provenance {
  /// This run of the program.
  static func thisRun(started: Date) -> Provenance {
    Provenance(
      toolVersion: Workbench.version,
      commandLine: CommandText.thisRun,
      created: CreationDate.of(started: started))
  }
}

extension ActivationDump {
  /// Runs with progress on stderr; Ctrl-C ends it with the exit code that shells know.
  func runShowingProgress(to path: String, overwrite: Bool, started: Date) throws {
    var line = ProgressLine(total: plan.tokenCount)
    defer { line.end() }
    do {
      try run(
        to: path, overwrite: overwrite, provenance: .thisRun(started: started),
        shouldStop: { Interruption.isRequested }, progress: { line.show($0) })
    } catch AnalysisError.interrupted(let path) {
      line.end()
      note("Error: \(AnalysisError.interrupted(path: path))")
      throw ExitCode(Interruption.exitCode)
    }
  }
}
