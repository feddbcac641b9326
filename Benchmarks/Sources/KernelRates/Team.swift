import COneDNN
import Dispatch
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

  /// Seconds of one call of `work` on one thread, after a warm-up, while all threads call it.
  func measure(_ work: @Sendable (_ lane: Int) -> Void) -> Samples {
    var calls = 1
    while laneSeconds(calls: calls, work) < Self.sampleSeconds { calls *= 2 }
    return Samples((0..<samples).map { _ in laneSeconds(calls: calls, work) / Double(calls) })
  }

  /// Seconds that `calls` calls take a thread, averaged over the threads.
  private func laneSeconds(calls: Int, _ work: @Sendable (_ lane: Int) -> Void) -> Double {
    let sum = Mutex(0.0)
    withoutActuallyEscaping(work) { work in
      DispatchQueue.concurrentPerform(iterations: threads) { lane in
        onednn_use_calling_thread_only()
        let start = now()
        for _ in 0..<calls { work(lane) }
        let seconds = now() - start
        sum.withLock { $0 += seconds }
      }
    }
    return sum.withLock { $0 } / Double(threads)
  }
}

/// Seconds on a clock that never goes back.
func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}
