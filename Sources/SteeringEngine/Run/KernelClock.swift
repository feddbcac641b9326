#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Where the time of a run went: seconds of lane time per kind of operation.
public struct KernelClock: Sendable {
  /// The kinds of work that are told apart.
  public enum Kernel: Int, CaseIterable, Sendable {
    case pack, product, screen, attention, norm, rotary, activation, rows
  }

  /// Seconds by `Kernel.rawValue`, summed over lanes.
  private var seconds = [Double](repeating: 0, count: Kernel.allCases.count)
  /// Floating point operations of all matrix products, two for each multiply-add.
  public internal(set) var productOperations = 0.0

  public init() {}

  /// Seconds of lane time spent in `kernel`.
  public subscript(kernel: Kernel) -> Double { seconds[kernel.rawValue] }

  /// Seconds of lane time in all kernels.
  public var total: Double { seconds.reduce(0, +) }

  /// Runs `work` on the clock of `kernel`.
  mutating func time<Result, Failure: Error>(
    _ kernel: Kernel, _ work: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let start = Self.now()
    defer { seconds[kernel.rawValue] += Self.now() - start }
    return try work()
  }

  mutating func add(_ other: KernelClock) {
    for index in seconds.indices { seconds[index] += other.seconds[index] }
    productOperations += other.productOperations
  }

  static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }
}
