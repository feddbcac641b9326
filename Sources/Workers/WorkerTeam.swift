import CKernels
import Foundation
import Synchronization

/// Threads that start on a piece of work within a microsecond.
///
/// A decoding step is some hundred pieces of work of a tenth of a millisecond each, so a thread that
/// sleeps between them costs more than it does. A member waits awake for a moment before it sleeps.
package final class WorkerTeam: Sendable {
  /// Members, the calling thread included.
  package let count: Int
  private let shared = Shared()

  package init(count: Int) {
    self.count = max(count, 1)
    for member in 1..<self.count {
      let thread = Thread { [shared] in shared.serve(as: member) }
      thread.name = "workbench \(member)"
      thread.start()
    }
  }

  deinit { shared.stop() }

  /// Calls `body` with every member's number, 0 on the calling thread, and waits for all.
  ///
  /// `body` must not call the team again.
  package func run(_ body: (_ member: Int) -> Void) {
    guard count > 1 else { return body(0) }
    withoutActuallyEscaping(body) { body in
      // By its address, so that no member still holds the closure when this returns.
      withUnsafePointer(to: body) { shared.run(Work(body: $0), others: count - 1) }
    }
  }

  /// Hands ranges of `step` out to the members, in order, until all of `0..<total` is done or one of
  /// them has failed; a member's calls follow one another.
  package func forEach<Failure: Error>(
    of total: Int, step: Int,
    _ body: @Sendable (_ member: Int, _ range: Range<Int>) throws(Failure) -> Void
  ) throws(Failure) {
    guard count > 1, total > step else {
      for start in stride(from: 0, to: total, by: step) {
        try body(0, start..<min(start + step, total))
      }
      return
    }
    let next = Atomic<Int>(0)
    let failure = Mutex<Failure?>(nil)
    withoutActuallyEscaping(body) { body in
      run { member in
        while failure.withLock({ $0 == nil }) {
          let start = next.add(step, ordering: .relaxed).oldValue
          guard start < total else { return }
          do throws(Failure) {
            try body(member, start..<min(start + step, total))
          } catch {
            failure.withLock { $0 = $0 ?? error }
          }
        }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }
}

/// A closure that is called on other threads while its owner waits for them.
private struct Work: @unchecked Sendable {
  let body: UnsafePointer<(Int) -> Void>

  func call(_ member: Int) { body.pointee(member) }
}

/// What the threads of a team share; they outlive it by a moment.
private final class Shared: Sendable {
  /// Pauses of a processor before a thread goes to sleep, about a tenth of a millisecond.
  private static let patience = 4000

  private let condition = NSCondition()
  /// Written before ``number`` is counted up, read after; nobody reads it between two pieces.
  private nonisolated(unsafe) var work: Work?
  private nonisolated(unsafe) var isStopped = false
  /// Counts the pieces of work.
  private let number = Atomic<Int>(0)
  /// Members that have not finished the current piece.
  private let busy = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let turn = Mutex<Void>(())

  func run(_ work: Work, others: Int) {
    turn.withLock { _ in
      busy.store(others, ordering: .relaxed)
      self.work = work
      announce()
      work.call(0)
      var pauses = 0
      while busy.load(ordering: .acquiring) > 0 {
        pauses += 1
        // Where there are more members than cores, the others need this one.
        if pauses < Self.patience { ck_pause() } else { sched_yield() }
      }
    }
  }

  func stop() {
    isStopped = true
    announce()
  }

  /// Counts up, and wakes who sleeps; a member that lies down at this moment sees the new number.
  private func announce() {
    number.add(1, ordering: .sequentiallyConsistent)
    guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
    condition.lock()
    condition.broadcast()
    condition.unlock()
  }

  func serve(as member: Int) {
    var done = 0
    while true {
      waitForPiece(after: done)
      guard !isStopped, let work else { return }
      done += 1
      work.call(member)
      busy.subtract(1, ordering: .releasing)
    }
  }

  private func waitForPiece(after done: Int) {
    for _ in 0..<Self.patience {
      guard number.load(ordering: .acquiring) == done else { return }
      ck_pause()
    }
    condition.lock()
    sleepers.add(1, ordering: .sequentiallyConsistent)
    while number.load(ordering: .sequentiallyConsistent) == done { condition.wait() }
    sleepers.subtract(1, ordering: .relaxed)
    condition.unlock()
  }
}
