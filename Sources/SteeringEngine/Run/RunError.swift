/// Why a run that hands results to a closure ended early.
public enum RunError<Failure: Error>: Error {
  case engine(EngineError)
  /// What the closure threw.
  case handler(Failure)
}

extension RunError: Sendable where Failure: Sendable {}
extension RunError: Equatable where Failure: Equatable {}

/// Lets a caller's closure end a run of the engine, whose own functions throw ``EngineError``.
struct Handler<Failure: Error> {
  private var failure: Failure?

  /// Calls the closure; an error of it is kept, and interrupts the run.
  mutating func call(_ body: () throws(Failure) -> Void) throws(EngineError) {
    do throws(Failure) { try body() } catch {
      failure = error
      throw .interrupted
    }
  }

  /// Why the run ended: with the closure's own error where there is one.
  func error(_ error: EngineError) -> RunError<Failure> {
    failure.map { .handler($0) } ?? .engine(error)
  }
}
