import Analysis
import ArgumentParser
import Foundation

/// Says on stderr how far a run is: one moving line on a terminal, a plain line now and then elsewhere.
struct ProgressLine {
  private static let width = 24
  /// Seconds between lines where stderr is not a terminal, and between redraws where it is.
  private static let (plainInterval, redrawInterval) = (10.0, 0.1)

  private let total: Int
  private let unit: String
  private let start = Date()
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private var lastShown = Date.distantPast
  /// The share that was there when the run began, which a resumed one did not do itself.
  private var firstShare: Double?

  /// Follows a run over prompt tokens, or over so many of something else.
  init(total: Int, unit: String = "tokens") {
    self.total = total
    self.unit = unit
    lastShown = isTerminal ? .distantPast : start
  }

  /// Shows the share that is done, in 0...1, unless it was shown a moment ago.
  mutating func show(_ share: Double) {
    let now = Date()
    let first = firstShare ?? share
    firstShare = first
    let interval = isTerminal ? Self.redrawInterval : Self.plainInterval
    guard now.timeIntervalSince(lastShown) >= interval else { return }
    lastShown = now
    let text = "\(Int(share * 100))%" + pace(share - first, of: 1 - first, until: now)
    if isTerminal {
      let filled = Int(share * Double(Self.width))
      let bar =
        String(repeating: "█", count: filled) + String(repeating: "·", count: Self.width - filled)
      OutputStream.notes.write("\r\(bar) \(text)\u{1B}[K")
    } else {
      note(text)
    }
  }

  /// The rate and the time that is left, once so much is done that they mean something.
  private func pace(_ done: Double, of whole: Double, until now: Date) -> String {
    guard done >= 0.01 * whole, done > 0 else { return "" }
    let seconds = now.timeIntervalSince(start)
    let rate = Double(total) * done / max(seconds, 1e-9)
    let shown = rate < 10 ? decimals(rate, 1) : "\(Int(rate))"
    return "  \(shown) \(unit)/s  \(duration(seconds / done * (whole - done))) left"
  }

  /// Clears the moving line.
  func end() {
    if isTerminal { OutputStream.notes.write("\r\u{1B}[K") }
  }
}

/// Does work under a progress line; Ctrl-C ends the command, which then has written nothing.
func following<Result>(
  total: Int, unit: String, _ work: ((Double) -> Void) throws -> Result
) throws -> Result {
  var line = ProgressLine(total: total, unit: unit)
  defer { line.end() }
  do {
    return try work { line.show($0) }
  } catch AnalysisError.engine(.interrupted) {
    line.end()
    note("Error: interrupted; nothing was written")
    throw ExitCode(Interruption.exitCode)
  }
}
