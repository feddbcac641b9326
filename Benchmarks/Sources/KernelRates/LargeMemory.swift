import CPeak
import SteeringEngine

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What stops a benchmark.
struct BenchmarkError: Error, CustomStringConvertible {
  let description: String
}

/// Memory in large pages where the system has them, as the engine keeps weights.
final class LargeMemory: @unchecked Sendable {
  /// Bytes that no cache holds: what is read round by round in so many comes from memory.
  static let coldBytes = 1 << 30

  let base: UnsafeMutableRawPointer
  let byteCount: Int

  init(byteCount: Int) throws {
    guard let base = peak_memory(byteCount) else {
      throw BenchmarkError(description: "there is no memory for \(byteCount >> 20) MiB")
    }
    (self.base, self.byteCount) = (base, byteCount)
  }

  deinit { free(base) }
}
