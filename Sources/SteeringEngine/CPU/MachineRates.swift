import CKernels
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
  /// What is timed at once, some milliseconds, and how often; the best counts.
  private static let (chainSteps, samples) = (200_000, 5)
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
    for _ in 0..<Self.samples {
      let operations = Mutex(0.0)
      let start = KernelClock.now()
      try forEach(of: lanes.count - 1, step: 1, shouldStop: { false }) {
        (lane, _) throws(EngineError) in
        let done = try work(lane)
        operations.withLock { $0 += done }
      }
      best = max(best, operations.withLock { $0 } / (KernelClock.now() - start))
    }
    return best
  }
}
