import CKernels
import Checkpoints

extension CPUBackend {
  /// Panels that are read and packed at a time.
  private static let slicePanels = 8

  func byteCount(of weight: any Weight) -> Int {
    WeightPanels.byteCount(
      outputs: weight.outputs, inputs: weight.inputs,
      format: ck_format(weight, precision: precision))
  }

  func makeLinear(_ parts: [any Weight]) throws(EngineError) -> PackedLinear {
    var panels: [WeightPanels] = []
    for part in parts { panels.append(try pack(part)) }
    return PackedLinear(panels)
  }

  private func pack(_ weight: any Weight) throws(EngineError) -> WeightPanels {
    let panels = try WeightPanels(
      outputs: weight.outputs, inputs: weight.inputs,
      format: ck_format(weight, precision: precision))
    try team.forEach(of: panels.count, step: Self.slicePanels) {
      (lane, slice) throws(EngineError) in
      let lane = lanes[lane]
      try lane.clock.time(.pack) { () throws(EngineError) in
        try pack(slice, of: weight, into: panels, lane: lane)
      }
    }
    return panels
  }

  private func pack(
    _ slice: Range<Int>, of weight: any Weight, into panels: WeightPanels, lane: Lane
  ) throws(EngineError) {
    let outputs = WeightPanels.panelOutputs
    let rows = slice.lowerBound * outputs..<min(slice.upperBound * outputs, weight.outputs)
    let memory = try lane.scratch(bytes: rows.count * weight.inputs * 4)
    let bytesPerRow = try read(rows, of: weight, as: panels.format, into: memory)
    if let output = panels.pack(slice, from: memory, bytesPerRow: bytesPerRow) {
      throw .checkpoint(weight.damage(inRow: output))
    }
  }

  /// Writes rows of a weight in a format, and returns how far apart they begin.
  private func read(
    _ rows: Range<Int>, of weight: any Weight, as format: ck_format,
    into memory: UnsafeMutableRawPointer
  ) throws(EngineError) -> Int {
    let count = rows.count * weight.inputs
    do throws(CheckpointError) {
      if let type = weight.rowType, ck_format(type) == format {
        let bytesPerRow = type.bytesPerRow(of: weight.inputs)
        try weight.readRows(
          rows,
          into: UnsafeMutableRawBufferPointer(start: memory, count: rows.count * bytesPerRow))
        return bytesPerRow
      }
      let numbers = memory.assumingMemoryBound(to: Float.self)
      try weight.unpackRows(rows, into: UnsafeMutableBufferPointer(start: numbers, count: count))
      guard format == CK_BF16 else { return weight.inputs * 4 }
      // In place: a number is read before the half of its room is written.
      ck_convert(numbers, count, memory, true)
      return weight.inputs * 2
    } catch {
      throw .checkpoint(error)
    }
  }
}
