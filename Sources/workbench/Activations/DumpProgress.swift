import ActivationStore
import Analysis
import ArgumentParser
import Foundation

extension Provenance {
  /// This run of the program, and those of its options that change numbers.
  static func thisRun(started: Date, settings: [String: ResultValue] = [:]) -> Provenance {
    Provenance(
      toolVersion: Workbench.version,
      commandLine: CommandText.thisRun,
      created: CreationDate.of(started: started), settings: settings)
  }
}

extension ActivationDump {
  /// Runs with progress on stderr; Ctrl-C ends it with the exit code that shells know.
  func runShowingProgress(
    to path: String, overwrite: Bool, started: Date, settings: [String: ResultValue]
  ) throws {
    var line = ProgressLine(total: plan.tokenCount)
    defer { line.end() }
    do {
      try run(
        to: path, overwrite: overwrite, provenance: .thisRun(started: started, settings: settings),
        shouldStop: { Interruption.isRequested }, progress: { line.show($0) })
    } catch AnalysisError.interrupted(let path) {
      line.end()
      note("Error: \(AnalysisError.interrupted(path: path))")
      throw ExitCode(Interruption.exitCode)
    }
  }
}
