import CKernels
import Dispatch
import SteeringEngine
import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Worker threads that do the same work at the same time, as the engine's lanes do.
struct Team: Sendable {
  /// The least length of a sample, in seconds: far above the clock's and the scheduler's grain.
  private static let sampleSeconds = 0.01

  let threads: Int
  /// Samples of each measurement.
  let samples: Int
  /// The family that kernels run with.
  let instructionSet: InstructionSet

  /// Seconds of one call of `work` on one thread, after a warm-up, while all threads call it.
  func measure(_ work: @Sendable (_ lane: Int) -> Void) -> Samples {
    var calls = 1
    while seconds(calls: calls, work) < Self.sampleSeconds { calls *= 2 }
    return Samples((0..<samples).map { _ in seconds(calls: calls, work) / Double(calls) })
  }

  /// Seconds that `calls` calls take the slowest thread.
  private func seconds(calls: Int, _ work: @Sendable (_ lane: Int) -> Void) -> Double {
    let slowest = Mutex(0.0)
    withoutActuallyEscaping(work) { work in
      DispatchQueue.concurrentPerform(iterations: threads) { lane in
        let before = ck_family_in_use()
        ck_use_family(instructionSet.code)
        defer { ck_use_family(before) }
        let start = now()
        for _ in 0..<calls { work(lane) }
        let seconds = now() - start
        slowest.withLock { $0 = max($0, seconds) }
      }
    }
    return slowest.withLock { $0 }
  }
}

/// Seconds on a clock that never goes back.
func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}
