import CKernels

extension CPUBackend {
  /// Panels that a worker takes at a time are a multiple of this many, and so few that every worker
  /// comes for more several times: another one may be held up.
  private static let (panelStep, turns) = (8, 6)

  func multiply(
    _ x: Rows<CPUMatrix>, by weight: PackedLinear, into out: Rows<CPUMatrix>, lane: Int
  ) throws(EngineError) {
    let panels = weight.panelCount
    guard lane == jointLane else {
      return try multiply(x, by: weight, panels: 0..<panels, into: out, lane: lanes[lane])
    }
    let step = max(panels / (workers * Self.turns) / Self.panelStep, 1) * Self.panelStep
    try team.forEach(of: panels, step: step) {
      (lane, some) throws(EngineError) in
      try multiply(x, by: weight, panels: some, into: out, lane: lanes[lane])
    }
  }

  /// Computes the outputs of some panels.
  private func multiply(
    _ x: Rows<CPUMatrix>, by weight: PackedLinear, panels: Range<Int>, into out: Rows<CPUMatrix>,
    lane: Lane
  ) throws(EngineError) {
    let rows = x.range.count
    for part in weight.parts {
      let some = panels.clamped(to: part.panelRange)
      guard !some.isEmpty else { continue }
      var product = product(of: x, by: part, yStride: out.matrix.columns)
      let scratch = try lane.scratch(bytes: ck_multiply_scratch(&product, rows))
      lane.clock.time(.product) {
        ck_multiply(
          &product, rows, x.address, some.lowerBound - part.firstPanel,
          some.upperBound - part.firstPanel, out.floats + part.firstOutput, scratch)
      }
      let outputs = min(some.count * WeightPanels.panelOutputs, part.panels.outputs)
      lane.clock.productOperations += 2 * Double(rows) * Double(outputs * weight.inputs)
    }
  }

  func product(of x: Rows<CPUMatrix>, by part: PackedLinear.Part, yStride: Int) -> ck_product {
    ck_product(
      weight: part.panels.view, family: instructionSet.family, is_bf16: x.matrix.format == .bf16,
      x_stride: x.matrix.columns, y_stride: yStride)
  }
}
