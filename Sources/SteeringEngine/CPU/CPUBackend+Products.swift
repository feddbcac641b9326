import CKernels
import COneDNN

extension CPUBackend {
  func multiply(
    _ x: Rows<CPUMatrix>, by weight: PackedLinear, into out: Rows<CPUMatrix>, lane: Int
  ) throws(EngineError) {
    if lane == jointLane, !weight.panels.isEmpty,
      let depth = try joint.depth(n: weight.outputs, k: weight.inputs, lane: lanes[lane])
    {
      return try share(of: weight.panels.count, lane: lane) { (lane, panels) throws(EngineError) in
        for panel in weight.panels[panels] {
          multiply(x, by: weight, panel: panel, depth: depth, into: out, lane: lanes[lane])
        }
      }
    }
    try multiplyAll(x, by: weight, into: out, lane: lanes[lane])
  }

  /// Computes the outputs of a panel.
  private func multiply(
    _ x: Rows<CPUMatrix>, by weight: PackedLinear, panel: Range<Int>, depth: Int,
    into out: Rows<CPUMatrix>, lane: Lane
  ) {
    let (rows, n, k) = (x.range.count, panel.count, weight.inputs)
    var product = ck_joint_rows(
      n: n, k: k, depth: depth, x_stride: x.matrix.columns, y_stride: weight.outputs,
      is_bf16: x.matrix.format == .bf16)
    let isDone = lane.clock.time(.product) {
      ck_multiply_joint_rows(
        &product, rows, x.address, weight.packed(from: panel.lowerBound),
        out.floats + panel.lowerBound)
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
