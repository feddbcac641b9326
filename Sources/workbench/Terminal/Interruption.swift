import ActivationStore
import Dispatch
import Foundation
import Synchronization

/// Turns Ctrl-C, a scheduler's SIGTERM and the end of a session into a request to stop.
///
/// The first signal lets the run clean up and say so; the second ends the process at once.
enum Interruption {
  /// The first signal that came; 0 for none.
  private static let received = Atomic<Int32>(0)
  /// Held for as long as the process lives; made once, before any work begins.
  private nonisolated(unsafe) static var sources: [any DispatchSourceSignal] = []

  static var isRequested: Bool { received.load(ordering: .relaxed) != 0 }

  /// What shells give to a process that the signal ended: 130 for Ctrl-C, 143 for SIGTERM, 129 for
  /// SIGHUP.
  static var exitCode: Int32 { 128 + received.load(ordering: .relaxed) }

  static func listen() {
    // Writing beyond a limit on file sizes then fails like a full disk, instead of ending the process.
    signal(SIGXFSZ, SIG_IGN)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      let earlier = signal(number, SIG_IGN)
      // `nohup` has SIGHUP ignored, so that a run outlives its session.
      if number == SIGHUP, isIgnored(earlier) { continue }
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        let (isFirst, _) = received.compareExchange(
          expected: 0, desired: number, ordering: .relaxed)
        guard !isFirst else { return }
        ActivationWriter.removeUnfinishedFiles()
        exit(exitCode)
      }
      source.resume()
      sources.append(source)
    }
  }

  private static func isIgnored(_ handler: (@convention(c) (Int32) -> Void)?) -> Bool {
    unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
