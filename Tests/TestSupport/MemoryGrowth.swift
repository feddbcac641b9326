import Foundation

/// Bytes by which the largest resident size of this process grew while `body` ran.
///
/// Of use in an exit test alone, since other tests share the process.
package func memoryGrowth(_ body: () throws -> Void) rethrows -> Int {
  let start = peakMemory()
  try body()
  return peakMemory() - start
}

#if os(Linux)
  // What getrusage says includes the parent before the program was loaded.
  private func peakMemory() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
    return line.split(separator: " ").lazy.compactMap { Int($0) }.first.map { $0 * 1024 } ?? .max
  }
#else
  private func peakMemory() -> Int {
    var usage = rusage()
    getrusage(RUSAGE_SELF, &usage)
    return usage.ru_maxrss
  }
#endif
