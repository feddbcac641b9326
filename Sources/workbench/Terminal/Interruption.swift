import ActivationStore
import Dispatch
import Foundation
import Synchronization

/// Turns Ctrl-C and a scheduler's SIGTERM into a request to stop.
///
/// The first signal lets the run clean up and say so; the second ends the process at once.
enum Interruption {
  /// The exit code that shells give to a process that Ctrl-C ended.
  static let exitCode: Int32 = 130

  private static let requests = Atomic<Int>(0)
  /// Held for as long as the process lives; made once, before any work begins.
  private nonisolated(unsafe) static var sources: [any DispatchSourceSignal] = []

  static var isRequested: Bool { requests.load(ordering: .relaxed) > 0 }

  static func listen() {
    // Writing beyond a limit on file sizes then fails like a full disk, instead of ending the process.
    signal(SIGXFSZ, SIG_IGN)
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        guard requests.add(1, ordering: .relaxed).oldValue > 0 else { return }
        ActivationWriter.removeUnfinishedFiles()
        exit(exitCode)
      }
      source.resume()
      sources.append(source)
    }
  }
}
