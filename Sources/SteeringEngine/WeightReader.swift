import Checkpoints

/// Puts a checkpoint's tensors on a device, in the arrangement that the forward pass wants.
struct WeightReader<Device: Backend>: Sendable {
  let checkpoint: any Checkpoint
  let config: ModelConfig
  let device: Device

  /// A vector such as a norm's scale, as one row.
  func vector(_ role: TensorRole) throws(EngineError) -> Device.Matrix {
    let tensor = try tensor(role)
    let values = try wrap { () throws(CheckpointError) in try tensor.unpacked() }
    return try device.upload(values, columns: values.count)
  }

  /// One product whose outputs are those of `roles`, one after another.
  func linear(_ roles: [TensorRole]) throws(EngineError) -> Device.Linear {
    var parts: [Part] = []
    for role in roles { parts.append(Part(tensor: try tensor(role), rowOrder: rowOrder(of: role))) }
    let offsets = parts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.tensor.rows) }
    let inputs = parts[0].tensor.columns
    let joined = parts
    return try device.makeLinear(outputs: offsets[parts.count], inputs: inputs) {
      (slice, output) throws(EngineError) in
      for (part, offset) in zip(joined, offsets) {
        let wanted = slice.clamped(to: offset..<offset + part.tensor.rows)
        guard !wanted.isEmpty else { continue }
        let target = (wanted.lowerBound - slice.lowerBound) * inputs
        let room = output[target..<target + wanted.count * inputs]
        try part.unpack(
          wanted.lowerBound - offset..<wanted.upperBound - offset,
          into: UnsafeMutableBufferPointer(rebasing: room))
      }
    }
  }

  /// Token embeddings as float32 `[token, dModel]`, in the order of `tokens`.
  func embeddings(of tokens: [Int32]) throws(EngineError) -> [Float] {
    let table = try tensor(.tokenEmbedding)
    var values = [Float](repeating: 0, count: tokens.count * config.dModel)
    try wrap { () throws(CheckpointError) in
      for (index, token) in tokens.enumerated() {
        try values.withUnsafeMutableBufferPointer { (buffer) throws(CheckpointError) in
          let row = buffer[index * config.dModel..<(index + 1) * config.dModel]
          try table.unpackRows(
            Int(token)..<Int(token) + 1, into: UnsafeMutableBufferPointer(rebasing: row))
        }
      }
    }
    return values
  }

  /// Gives the pages behind these tensors back to the system.
  func release(_ roles: [TensorRole]) throws(EngineError) {
    for role in roles { try tensor(role).release() }
  }

  private func tensor(_ role: TensorRole) throws(EngineError) -> Tensor {
    try wrap { () throws(CheckpointError) in try checkpoint.tensor(role, config: config) }
  }

  /// How the rows of query and key weights are put so that rotary pairs are (i, i + half).
  private func rowOrder(of role: TensorRole) -> RowOrder {
    switch role {
    case .block(_, .q), .block(_, .k):
      config.ropePairing == .interleaved
        ? .deinterleaved(dHead: config.dHead, rotated: config.ropeDimensionCount) : .asStored
    default: .asStored
    }
  }

  private func wrap<Result>(
    _ body: () throws(CheckpointError) -> Result
  ) throws(EngineError) -> Result {
    do throws(CheckpointError) { return try body() } catch { throw .checkpoint(error) }
  }
}

/// The order in which a weight's rows become outputs.
private enum RowOrder {
  case asStored
  /// Within each head, the stored rows 2i and 2i + 1 become outputs i and i + rotated / 2; those
  /// from `rotated` on stay.
  case deinterleaved(dHead: Int, rotated: Int)

  func storedRow(ofOutput output: Int) -> Int {
    switch self {
    case .asStored: return output
    case .deinterleaved(let dHead, let rotated):
      let (head, within) = output.quotientAndRemainder(dividingBy: dHead)
      guard within < rotated else { return output }
      let half = rotated / 2
      return head * dHead + (within < half ? 2 * within : 2 * (within - half) + 1)
    }
  }
}

private struct Part: Sendable {
  let tensor: Tensor
  let rowOrder: RowOrder

  func unpack(
    _ outputs: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>
  ) throws(EngineError) {
    do throws(CheckpointError) {
      if case .asStored = rowOrder { return try tensor.unpackRows(outputs, into: buffer) }
      let width = tensor.columns
      for (index, output) in outputs.enumerated() {
        let row = rowOrder.storedRow(ofOutput: output)
        let room = buffer[index * width..<(index + 1) * width]
        try tensor.unpackRows(row..<row + 1, into: UnsafeMutableBufferPointer(rebasing: room))
      }
    } catch {
      throw .checkpoint(error)
    }
  }
}
