import COneDNN
import Synchronization

/// The forward pass on the machine's own cores: oneDNN for products, `CKernels` for the rest.
final class CPUBackend: Backend {
  /// Rows of a tile: enough for oneDNN's full rate, few enough to stay in a core's cache.
  static let tileRows = 64
  /// Rows of a worker from which on it multiplies faster than the weights come from memory.
  private static let ownRows = 16

  let precision: Precision
  let products: ProductCache
  let fewRows: FewRowProducts
  /// A lane for each worker, and the joint lane.
  let lanes: [Lane]
  /// Rows that are so few that workers share the weights rather than the rows; 0 where weights cannot
  /// be shared.
  private let jointRows: Int
  private let team: WorkerTeam
  private nonisolated(unsafe) let engine: dnnl_engine_t

  var laneCount: Int { lanes.count }
  private var workers: Int { lanes.count - 1 }
  /// The lane of the calling thread, on which products and attention go to all workers at once.
  var jointLane: Int { lanes.count - 1 }
  var maxTileRows: Int { Self.tileRows }

  init(precision: Precision, threads: Int) throws(EngineError) {
    // Before the first product is compiled: oneDNN plans a product for the threads it sees.
    onednn_use_calling_thread_only()
    var engine: dnnl_engine_t?
    let status = dnnl_engine_create(&engine, dnnl_cpu, 0)
    guard status == dnnl_success, let engine else {
      throw .device(operation: "open the CPU engine", status: Int(status.rawValue))
    }
    self.engine = engine
    self.precision = precision
    products = ProductCache(engine: engine, precision: precision)
    fewRows = FewRowProducts(products: products)
    let isShareable = try products.wholeTile(n: 1024, k: 1024).packsBy64
    jointRows = isShareable ? min(Self.tileRows, max(threads, 1) * Self.ownRows - 1) : 0
    var lanes: [Lane] = []
    for _ in 0...max(threads, 1) { lanes.append(try Lane(engine: engine)) }
    self.lanes = lanes
    team = WorkerTeam(count: threads)
  }

  deinit { dnnl_engine_destroy(engine) }

  /// Lane time by kernel since the backend was made.
  var clock: KernelClock {
    lanes.reduce(into: KernelClock()) { $0.add($1.clock) }
  }

  func makeMatrix(
    rows: Int, columns: Int, feedsProducts: Bool
  ) throws(EngineError) -> CPUMatrix {
    try CPUMatrix(
      rows: rows, columns: columns, format: feedsProducts ? NumberFormat(precision) : .f32)
  }

  func makeCache(rows: Int, heads: HeadLayout) throws(EngineError) -> CPUMatrix {
    try CPUMatrix(
      rows: rows, columns: heads.keyValueWidth, format: precision == .bf16 ? .f16 : .f32)
  }

  func upload(_ values: [Float], columns: Int) throws(EngineError) -> CPUMatrix {
    let matrix = try CPUMatrix(rows: values.count / columns, columns: columns, format: .f32)
    matrix.floats(at: 0).update(from: values, count: matrix.rows * columns)
    return matrix
  }

  func columns(of matrix: CPUMatrix) -> Int { matrix.columns }

  func download(_ matrix: CPUMatrix, rows: Int) throws(EngineError) -> [Float] {
    Array(UnsafeBufferPointer(start: matrix.floats(at: 0), count: rows * matrix.columns))
  }

  func makeTrie(_ ancestry: Ancestry) throws(EngineError) -> CPUTrie { CPUTrie(ancestry) }

  func makeLinear(
    outputs: Int, inputs: Int,
    unpack:
      @escaping @Sendable (Range<Int>, UnsafeMutableBufferPointer<Float>)
      throws(EngineError) -> Void
  ) throws(EngineError) -> PackedLinear {
    let linear = try PackedLinear(
      outputs: outputs, inputs: inputs, products: products)
    let slices = linear.slices
    try forEach(of: slices.count, step: 1, shouldStop: { false }) {
      (laneIndex, index) throws(EngineError) in
      let slice = slices[index.lowerBound]
      let lane = self.lanes[laneIndex]
      let memory = try lane.scratch(bytes: PackedLinear.sliceRows * inputs * 4)
      let rows = memory.assumingMemoryBound(to: Float.self)
      try lane.clock.time(.pack) { () throws(EngineError) in
        try unpack(slice, UnsafeMutableBufferPointer(start: rows, count: slice.count * inputs))
        try linear.pack(slice, from: rows, stream: lane.stream)
      }
    }
    return linear
  }

  func forEachTile(
    of rows: Int, shouldStop: @Sendable () -> Bool,
    _ body: @Sendable (_ lane: Int, _ tile: Range<Int>) throws(EngineError) -> Void
  ) throws(EngineError) {
    guard rows > jointRows else {
      guard rows > 0 else { return }
      guard !shouldStop() else { throw .interrupted }
      onednn_use_calling_thread_only()
      return try body(jointLane, 0..<rows)
    }
    // Rows of less than a tile a worker are spread over all, in heights that products exist for.
    let even = (rows + workers - 1) / workers
    let heightStep = ProductCache.heightStep
    let step = min(Self.tileRows, max((even + heightStep - 1) / heightStep, 1) * heightStep)
    try forEach(of: rows, step: step, shouldStop: shouldStop, body)
  }

  func forEachRow(
    of rows: Int, _ body: @Sendable (_ row: Int) throws(EngineError) -> Void
  ) throws(EngineError) {
    guard rows > 1 else { return rows == 1 ? try body(0) : () }
    try forEach(of: rows, step: 1, shouldStop: { false }) { (_, row) throws(EngineError) in
      try body(row.lowerBound)
    }
  }

  /// Calls `body` with all of `0..<count`, or on the joint lane with an equal part for each worker.
  func share<Failure: Error>(
    of count: Int, lane: Int,
    _ body: @Sendable (_ lane: Int, _ part: Range<Int>) throws(Failure) -> Void
  ) throws(Failure) {
    guard lane == jointLane, workers > 1, count > 1 else { return try body(lane, 0..<count) }
    let failure = Mutex<Failure?>(nil)
    let step = (count + workers - 1) / workers
    withoutActuallyEscaping(body) { body in
      team.run { worker in
        let part = min(worker * step, count)..<min((worker + 1) * step, count)
        guard !part.isEmpty else { return }
        do throws(Failure) {
          try body(worker, part)
        } catch {
          failure.withLock { $0 = $0 ?? error }
        }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }

  /// Hands ranges of `step` out to the lanes, in order, until all of `0..<count` is done.
  func forEach(
    of count: Int, step: Int, shouldStop: @Sendable () -> Bool,
    _ body: @Sendable (_ lane: Int, _ range: Range<Int>) throws(EngineError) -> Void
  ) throws(EngineError) {
    let next = Atomic<Int>(0)
    let failure = Mutex<EngineError?>(nil)
    withoutActuallyEscaping(body) { body in
      team.run { lane in
        while failure.withLock({ $0 == nil }) {
          let start = next.add(step, ordering: .relaxed).oldValue
          guard start < count else { return }
          do throws(EngineError) {
            guard !shouldStop() else { throw .interrupted }
            try body(lane, start..<min(start + step, count))
          } catch {
            failure.withLock { $0 = $0 ?? error }
          }
        }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }
}
