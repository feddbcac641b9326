import Foundation

/// The most memory that this process has held at once.
enum PeakMemory {
  /// Begins anew, where the system can (Linux); elsewhere the peak is that of the whole process.
  static func reset() {
    #if os(Linux)
      // proc(5): 5 sets the peak resident size back to what is resident now.
      try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
    #endif
  }

  /// In bytes, resident.
  static var bytes: Int {
    #if os(Linux)
      let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
      let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
      let kilobytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first
      return 1024 * (kilobytes.flatMap { Int($0) } ?? 0)
    #else
      var usage = rusage()
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    #endif
  }
}
