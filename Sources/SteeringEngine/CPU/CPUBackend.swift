import CKernels
import Checkpoints
import Synchronization
import Workers

/// The forward pass on the machine's own cores, by the loops of `CKernels`.
final class CPUBackend: Backend {
  /// Rows of a tile: so many that unpacking weights for them costs little, few enough to stay in a
  /// core's cache.
  static let tileRows = 128
  /// Rows of a worker from which on it is faster to unpack all weights than to share them.
  private static let ownRows = 64
  /// What heights of tiles are multiples of, where rows are spread over workers.
  private static let heightStep = 6

  let precision: Precision
  let instructionSet: InstructionSet
  /// A lane for each worker, and the joint lane.
  let lanes: [Lane]
  /// Rows that are so few that workers share the weights rather than the rows.
  private let jointRows: Int
  let team: WorkerTeam

  var laneCount: Int { lanes.count }
  var workers: Int { lanes.count - 1 }
  /// The lane of the calling thread, on which products and attention go to all workers at once.
  var jointLane: Int { lanes.count - 1 }
  var maxTileRows: Int { Self.tileRows }

  init(precision: Precision, threads: Int, instructionSet: InstructionSet) {
    self.precision = precision
    self.instructionSet = instructionSet
    jointRows = min(Self.tileRows, max(threads, 1) * Self.ownRows - 1)
    lanes = (0...max(threads, 1)).map { _ in Lane() }
    team = WorkerTeam(count: threads)
  }

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

  func forEachTile(
    of rows: Int, shouldStop: @Sendable () -> Bool,
    _ body: @Sendable (_ lane: Int, _ tile: Range<Int>) throws(EngineError) -> Void
  ) throws(EngineError) {
    guard rows > jointRows else {
      guard rows > 0 else { return }
      guard !shouldStop() else { throw .interrupted }
      return try body(jointLane, 0..<rows)
    }
    // Rows of less than a tile a worker are spread over all.
    let even = (rows + workers - 1) / workers
    let step = min(Self.tileRows, (even + Self.heightStep - 1) / Self.heightStep * Self.heightStep)
    try team.forEach(of: rows, step: step) { (lane, tile) throws(EngineError) in
      guard !shouldStop() else { throw .interrupted }
      try body(lane, tile)
    }
  }

  func forEachRow(
    of rows: Int, _ body: @Sendable (_ row: Int) throws(EngineError) -> Void
  ) throws(EngineError) {
    guard rows > 1 else { return rows == 1 ? try body(0) : () }
    try team.forEach(of: rows, step: 1) { (_, row) throws(EngineError) in
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
}

/// What one worker thread needs for itself: scratch memory, and its own clock.
final class Lane: @unchecked Sendable {
  var clock = KernelClock()
  private var scratch: AlignedMemory?

  /// Returns memory of at least `bytes` bytes, aligned to 64, whose contents are not kept.
  func scratch(bytes: Int) throws(EngineError) -> UnsafeMutableRawPointer {
    if let scratch, scratch.byteCount >= bytes { return scratch.base }
    scratch = nil
    let memory = try AlignedMemory(byteCount: bytes, zeroed: false, purpose: "scratch")
    scratch = memory
    return memory.base
  }
}

extension AlignedMemory {
  /// As the initialiser without a purpose, which messages name.
  convenience init(byteCount: Int, zeroed: Bool, purpose: String) throws(EngineError) {
    do throws(OutOfMemory) { try self.init(byteCount: byteCount, zeroed: zeroed) } catch {
      throw .outOfMemory(purpose: purpose, bytes: error.bytes)
    }
  }
}
