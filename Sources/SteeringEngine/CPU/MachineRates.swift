import CKernels
import Foundation
import Synchronization

/// How fast this machine is at what runs spend their time on.
public struct MachineRates: Sendable {
  public let instructionSet: InstructionSet
  public let threads: Int
  /// Floating point operations a second of all threads at most: float32 fused multiply-adds that wait
  /// for nothing, two operations each.
  public let peak: Double
  /// The same of the engine's matrix products: tiles of rows by float32 weights in cache.
  public let products: [Precision: Double]
  /// Whether greedy answers compute only the scores that can be the largest.
  public let hasScreen: Bool

  /// Measures for some tenths of a second.
  public static func measure(threads: Int) throws(EngineError) -> MachineRates {
    let instructionSet = try InstructionSet.inUse()
    var products: [Precision: Double] = [:]
    var peak = 0.0
    for precision in Precision.allCases {
      let backend = CPUBackend(
        precision: precision, threads: threads, instructionSet: instructionSet)
      peak = max(peak, try backend.measurePeak())
      products[precision] = try backend.measureProducts()
    }
    return MachineRates(
      instructionSet: instructionSet, threads: threads, peak: peak, products: products,
      hasScreen: ck_has_screen())
  }
}

extension SteeringEngine {
  /// ``MachineRates/peak`` on the engine's threads.
  public func measurePeak() throws(EngineError) -> Double {
    turn.lock()
    defer { turn.unlock() }
    return try backend.measurePeak()
  }
}

extension CPUBackend {
  /// What is timed at once, a millisecond, and for how many seconds it is repeated; the best counts.
  private static let (chainSteps, duration) = (200_000, 0.06)
  /// Outputs and inputs of the product that is timed: those of a small model's MLP.
  private static let (outputs, inputs) = (1536, 576)

  func measurePeak() throws(EngineError) -> Double {
    try rate { _ in
      var end: Float = 0
      return ck_fma_chains(Self.chainSteps, &end)
    }
  }

  fileprivate func measureProducts() throws(EngineError) -> Double {
    let format = precision == .bf16 ? CK_BF16 : CK_F32
    let weight = try WeightPanels(outputs: Self.outputs, inputs: Self.inputs, format: format)
    let row = (0..<Self.inputs).map { Float($0 % 17) / 16 - 0.5 }
    let rows = try makeMatrix(rows: Self.outputs, columns: Self.inputs, feedsProducts: true)
    for index in 0..<Self.outputs {
      ck_convert(row, Self.inputs, rows.address(at: index), precision == .bf16)
    }
    _ = weight.pack(
      0..<weight.count, from: rows.address(at: 0), bytesPerRow: Self.inputs * rows.format.byteCount)
    let linear = PackedLinear([weight])
    var tiles: [CPUMatrix] = []
    for _ in lanes {
      tiles.append(try makeMatrix(rows: Self.tileRows, columns: Self.outputs, feedsProducts: false))
    }
    let tile = 0..<Self.tileRows
    return try rate { [tiles] (lane) throws(EngineError) in
      try multiply(Rows(rows, tile), by: linear, into: Rows(tiles[lane], tile), lane: lane)
      return 2 * Double(tile.count) * Double(Self.outputs * Self.inputs)
    }
  }

  /// Operations a second of all workers, each of which does `work` at the same time.
  private func rate(
    _ work: @Sendable (_ lane: Int) throws(EngineError) -> Double
  ) throws(EngineError) -> Double {
    var best = 0.0
    let end = KernelClock.now() + Self.duration
    while KernelClock.now() < end { best = max(best, try sampleRate(work)) }
    return best
  }

  private func sampleRate(
    _ work: @Sendable (_ lane: Int) throws(EngineError) -> Double
  ) throws(EngineError) -> Double {
    let awake = Atomic<Int>(0)
    let sample = Mutex((operations: 0.0, start: Double.infinity, end: 0.0))
    try share(of: workers, lane: jointLane) { (lane, _) throws(EngineError) in
      // A worker that wakes late would pass for a slow one.
      awake.add(1, ordering: .relaxed)
      while awake.load(ordering: .relaxed) < workers { sched_yield() }
      let start = KernelClock.now()
      let operations = try work(lane)
      let end = KernelClock.now()
      sample.withLock {
        $0 = ($0.operations + operations, min($0.start, start), max($0.end, end))
      }
    }
    return sample.withLock { $0.operations / ($0.end - $0.start) }
  }
}
