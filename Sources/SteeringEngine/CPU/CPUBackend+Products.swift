import CKernels
import COneDNN

extension CPUBackend {
  func multiply(
    _ x: Rows<CPUMatrix>, by weight: PackedLinear, into out: Rows<CPUMatrix>, lane: Int
  ) throws(EngineError) {
    if x.range.count < Self.tileRows || lane == jointLane, weight.isBlocked,
      let depth = try fewRows.depth(n: weight.outputs, k: weight.inputs, lane: lanes[lane])
    {
      let cut = JointCut(rows: x.range.count, blocks: weight.blockCount)
      return share(of: cut.count, lane: lane) { lane, units in
        for piece in cut.pieces(units) {
          multiply(
            x.part(piece.rows), by: weight, blocks: piece.blocks, depth: depth,
            into: out.part(piece.rows), lane: lanes[lane])
        }
      }
    }
    try multiplyAll(x, by: weight, into: out, lane: lanes[lane])
  }

  /// Computes the outputs of some blocks of the weight.
  private func multiply(
    _ x: Rows<CPUMatrix>, by weight: PackedLinear, blocks: Range<Int>, depth: Int,
    into out: Rows<CPUMatrix>, lane: Lane
  ) {
    let first = blocks.lowerBound * PackedLinear.blockOutputs
    let last = min(blocks.upperBound * PackedLinear.blockOutputs, weight.outputs)
    let (rows, n, k) = (x.range.count, last - first, weight.inputs)
    var product = ck_few_rows(
      n: n, k: k, depth: depth, x_stride: x.matrix.columns, y_stride: weight.outputs,
      is_bf16: x.matrix.format == .bf16)
    let isDone = lane.clock.time(.product) {
      ck_multiply_few_rows(
        &product, rows, x.address, weight.packed(from: blocks.lowerBound), out.floats + first)
    }
    precondition(isDone, "a depth was found for a product that does not exist")
    lane.clock.productOperations += 2 * Double(rows) * Double(n * k)
  }

  /// Computes all outputs with oneDNN.
  private func multiplyAll(
    _ x: Rows<CPUMatrix>, by weight: PackedLinear, into out: Rows<CPUMatrix>, lane: Lane
  ) throws(EngineError) {
    let (rows, n, k) = (x.range.count, weight.outputs, weight.inputs)
    let product = try products.product(rows: rows, n: n, k: k)
    let scratch = try lane.scratch(bytes: product.scratchBytes)
    try lane.clock.time(.product) { () throws(EngineError) in
      try product.run(x.address, weight.packed(), into: out.floats, scratch: scratch, lane.stream)
    }
    lane.clock.productOperations += 2 * Double(rows) * Double(n * k)
  }
}
