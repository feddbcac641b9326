import Foundation

/// Seconds for which a processor worked on this thread while `body` ran.
///
/// Tests share the machine with each other and with its other users, so time on the wall says little.
package func processorSeconds<Result>(_ body: () throws -> Result) rethrows -> (
  result: Result, seconds: Double
) {
  let start = threadSeconds()
  let result = try body()
  return (result, threadSeconds() - start)
}

private func threadSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
