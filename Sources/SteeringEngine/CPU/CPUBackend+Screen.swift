import CKernels
import Checkpoints
import Synchronization

extension CPUBackend {
  /// Outputs that are unpacked and turned into bytes at a time.
  private static let screenRows = 128

  func makeScreen(
    for weight: PackedLinear, from table: any Weight
  ) throws(EngineError) -> CPUScreen? {
    let (outputs, inputs) = (weight.outputs, weight.inputs)
    guard ck_has_screen(), inputs % Int(CK_SCREEN_GROUP) == 0, weight.parts.count == 1 else {
      return nil
    }
    let screen = try CPUScreen(outputs: outputs, inputs: inputs)
    let isFinite = Atomic<Bool>(true)
    try team.forEach(of: outputs, step: Self.screenRows) {
      (laneIndex, slice) throws(EngineError) in
      let lane = self.lanes[laneIndex]
      let memory = try lane.scratch(bytes: Self.screenRows * inputs * 4)
      let rows = memory.assumingMemoryBound(to: Float.self)
      try lane.clock.time(.pack) { () throws(EngineError) in
        do throws(CheckpointError) {
          try table.unpackRows(
            slice, into: UnsafeMutableBufferPointer(start: rows, count: slice.count * inputs))
        } catch { throw .checkpoint(error) }
        if precision == .bf16 { ck_round_to_bf16(rows, slice.count * inputs) }
        if !screen.pack(slice, from: rows) { isFinite.store(false, ordering: .relaxed) }
      }
    }
    return isFinite.load(ordering: .relaxed) ? screen : nil
  }

  func largest(
    of x: Rows<CPUMatrix>, by weight: PackedLinear, screen: CPUScreen, penalised: [TokenSet?],
    lane: Int
  ) throws(EngineError) -> [[ScoredOutput]]? {
    let count = x.range.count
    guard let rows = ScreenRows(x) else { return nil }
    let parts = Mutex<[[Candidates]]>([])
    try share(of: screen.blockCount, lane: lane) { (lane, blocks) throws(EngineError) in
      let lane = lanes[lane]
      let memory = try lane.scratch(bytes: count * MemoryLayout<ck_candidates>.stride)
      let found = memory.bindMemory(to: ck_candidates.self, capacity: count)
      lane.clock.time(.screen) { screen.find(rows, in: blocks, penalised: penalised, into: found) }
      let part = (0..<count).map { Candidates(found + $0) }
      parts.withLock { $0.append(part) }
    }
    let found = parts.withLock { $0 }
    let largest = Mutex([[ScoredOutput]?](repeating: nil, count: count))
    try share(of: count, lane: lane) { (lane, part) throws(EngineError) in
      let lane = lanes[lane]
      var product = product(of: x, by: weight.parts[0], yStride: weight.outputs)
      let scratch = try lane.scratch(bytes: ck_multiply_scratch(&product, 1))
      lane.clock.time(.screen) {
        for row in part {
          let candidates = found.map { $0[row] }
          guard !candidates.contains(where: \.isIncomplete) else { continue }
          let outputs = Candidates.merged(candidates).largest(penalised: penalised[row]) {
            compute($0, of: x.part(row..<row + 1), by: product, scratch: scratch)
          }
          largest.withLock { $0[row] = outputs }
        }
      }
    }
    let outputs = largest.withLock { $0.compactMap { $0 } }
    return outputs.count == count ? outputs : nil
  }

  /// Computes some outputs of one row.
  private func compute(
    _ outputs: ArraySlice<Int32>, of x: Rows<CPUMatrix>, by product: ck_product,
    scratch: UnsafeMutableRawPointer
  ) -> [ScoredOutput] {
    var scores = [Float](repeating: 0, count: outputs.count)
    withUnsafePointer(to: product) { product in
      outputs.withUnsafeBufferPointer {
        ck_multiply_outputs(product, x.address, $0.baseAddress, outputs.count, &scores, scratch)
      }
    }
    return zip(outputs, scores).map { ScoredOutput(output: $0, score: $1) }
  }
}

/// The outputs of a row that can be its largest, and what they are at most.
private struct Candidates: Sendable {
  /// Outputs that are computed at a time, since none of them waits for another.
  private static let step = 4

  private let floor: Float
  private let outputs: [(output: Int32, ceiling: Float)]
  /// Whether there were more than there is room for.
  let isIncomplete: Bool

  init(_ found: UnsafeMutablePointer<ck_candidates>) {
    ck_drop_candidates(found)
    isIncomplete = found.pointee.count > CK_CANDIDATES
    floor = found.pointee.floor
    let count = min(Int(found.pointee.count), Int(CK_CANDIDATES))
    outputs = withUnsafeBytes(of: &found.pointee.output) { outputs in
      withUnsafeBytes(of: &found.pointee.ceiling) { ceilings in
        let (outputs, ceilings) = (
          outputs.bindMemory(to: Int32.self), ceilings.bindMemory(to: Float.self)
        )
        return (0..<count).map { (outputs[$0], ceilings[$0]) }
      }
    }
  }

  private init(floor: Float, outputs: [(output: Int32, ceiling: Float)]) {
    (self.floor, self.outputs, isIncomplete) = (floor, outputs, false)
  }

  static func merged(_ parts: [Candidates]) -> Candidates {
    let floor = parts.map(\.floor).max() ?? -.infinity
    return Candidates(
      floor: floor, outputs: parts.flatMap(\.outputs).filter { $0.ceiling >= floor })
  }

  /// Computes outputs, the most promising first, until the rest are below one that is not `penalised`.
  func largest(
    penalised: TokenSet?, compute: (ArraySlice<Int32>) -> [ScoredOutput]
  ) -> [ScoredOutput] {
    let sorted = outputs.sorted { $0.ceiling > $1.ceiling }
    let order = sorted.map(\.output)
    var computed: [ScoredOutput] = []
    var best = floor
    while computed.count < order.count, sorted[computed.count].ceiling >= best {
      let next = order[computed.count...].prefix(Self.step)
      let scores = compute(next)
      computed += scores
      for score in scores where penalised?.contains(score.output) != true {
        best = max(best, score.score)
      }
    }
    return computed
  }
}
