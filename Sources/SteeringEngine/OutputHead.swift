import Checkpoints

/// What follows the last block: the final norm and the unembedding.
struct OutputHead<Device: Backend>: Sendable {
  private let device: Device
  private let epsilon: Float
  private let finalNorm: Device.Matrix
  /// W_U as `[dVocab, dModel]`, when logits are asked for.
  private let unembedding: Device.Linear?
  /// [lane]: `[row, dModel]`, for a product.
  private let normed: [Device.Matrix]

  init(reader: WeightReader<Device>, needsLogits: Bool) throws(EngineError) {
    device = reader.device
    epsilon = reader.config.rmsNormEpsilon
    finalNorm = try reader.vector(.finalNorm)
    let role: TensorRole = reader.config.tiedUnembedding ? .tokenEmbedding : .unembedding
    unembedding = needsLogits ? try reader.linear([role]) : nil
    var normed: [Device.Matrix] = []
    for _ in 0..<device.laneCount {
      normed.append(
        try device.makeMatrix(
          rows: device.maxTileRows, columns: reader.config.dModel, feedsProducts: true))
    }
    self.normed = normed
  }

  /// Writes the rows after the final norm.
  func normalise(_ residual: Rows<Device.Matrix>, into out: Rows<Device.Matrix>, lane: Int) {
    device.rmsNorm(residual, weight: finalNorm, epsilon: epsilon, into: out, lane: lane)
  }

  /// Writes the rows' scores over the vocabulary, `[row, dVocab]`.
  func unembed(
    _ residual: Rows<Device.Matrix>, into logits: Rows<Device.Matrix>, lane: Int
  ) throws(EngineError) {
    guard let unembedding else { return }
    let rows = Rows(normed[lane], 0..<residual.range.count)
    normalise(residual, into: rows, lane: lane)
    try device.multiply(rows, by: unembedding, into: logits, lane: lane)
  }
}
