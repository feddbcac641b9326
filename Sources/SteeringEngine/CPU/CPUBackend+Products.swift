import CKernels
import COneDNN

extension CPUBackend {
  func multiply(
    _ x: Rows<CPUMatrix>, by weight: PackedLinear, into out: Rows<CPUMatrix>, lane: Int
  ) throws(EngineError) {
    guard lane == jointLane, !weight.panels.isEmpty else {
      return try multiply(
        x, by: weight, outputs: 0..<weight.outputs, into: out, isJoint: false, lane: lane)
    }
    try share(of: weight.panels.count, lane: lane) { (lane, panels) throws(EngineError) in
      for panel in weight.panels[panels] {
        try multiply(x, by: weight, outputs: panel, into: out, isJoint: true, lane: lane)
      }
    }
  }

  /// Computes some outputs of all rows: all of them, or a panel.
  private func multiply(
    _ x: Rows<CPUMatrix>, by weight: PackedLinear, outputs: Range<Int>, into out: Rows<CPUMatrix>,
    isJoint: Bool, lane: Int
  ) throws(EngineError) {
    let lane = lanes[lane]
    let (rows, n, k) = (x.range.count, outputs.count, weight.inputs)
    lane.clock.productOperations += 2 * Double(rows) * Double(n * k)
    let (w, y) = (weight.packed(from: outputs.lowerBound), out.floats + outputs.lowerBound)
    if isJoint, weight.suitsJointRows {
      var joint = ck_joint_rows(
        n: n, k: k, x_stride: x.matrix.columns, y_stride: weight.outputs,
        is_bf16: x.matrix.format == .bf16)
      let isDone = lane.clock.time(.product) {
        ck_multiply_joint_rows(&joint, rows, x.address, w, y)
      }
      if isDone { return }
    }
    let product = try products.product(rows: rows, n: n, k: k)
    guard n < weight.outputs else {
      let scratch = try lane.scratch(bytes: product.scratchBytes)
      return try run(product, x, w, into: y, scratch: scratch, lane)
    }
    // oneDNN's fastest products write rows that follow one another.
    let count = ProductCache.height(rows) * n
    let scratch = try lane.scratch(bytes: count * 4 + product.scratchBytes)
    let dense = scratch.assumingMemoryBound(to: Float.self)
    try run(product, x, w, into: dense, scratch: scratch + count * 4, lane)
    lane.clock.time(.product) {
      for row in 0..<rows {
        (y + row * weight.outputs).update(from: dense + row * n, count: n)
      }
    }
  }

  private func run(
    _ product: CompiledProduct, _ x: Rows<CPUMatrix>, _ w: UnsafeMutableRawPointer,
    into y: UnsafeMutablePointer<Float>, scratch: UnsafeMutableRawPointer, _ lane: Lane
  ) throws(EngineError) {
    let status = lane.clock.time(.product) {
      onednn_matmul_run(product.handle, lane.stream, x.address, w, y, scratch)
    }
    guard status == dnnl_success else {
      throw .device(operation: "multiply", status: Int(status.rawValue))
    }
  }
}
