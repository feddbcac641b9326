import Checkpoints

/// What follows the last block: the final norm and the unembedding.
struct OutputHead<Device: Backend>: Sendable {
  private let device: Device
  private let finalNorm: NormWeights<Device.Matrix>
  /// W_U as `[dVocab, dModel]`, when logits are asked for.
  private let unembedding: Projection<Device>?
  /// What finds a row's largest scores, when they alone are asked for.
  private var screen: Device.Screen?
  private let softcap: Float?
  private let dVocab: Int
  /// [lane]: `[row, dModel]`, for a product.
  private let normed: [Device.Matrix]

  init(reader: WeightReader<Device>, needsLogits: Bool) throws(EngineError) {
    device = reader.device
    softcap = reader.config.logitSoftcap
    dVocab = reader.config.dVocab
    finalNorm = try reader.norm(
      .finalNorm, bias: reader.config.hasFinalNormBias ? .finalNormBias : nil)
    unembedding = needsLogits ? try reader.linear([reader.config.unembedding]) : nil
    var normed: [Device.Matrix] = []
    for _ in 0..<device.laneCount {
      normed.append(
        try device.makeMatrix(
          rows: device.maxTileRows, columns: reader.config.dModel, feedsProducts: true))
    }
    self.normed = normed
  }

  /// The same head, which finds largest scores without computing all, where the device can.
  ///
  /// A softcap can make scores equal that were not, so that the largest is another.
  func screening(_ reader: WeightReader<Device>) throws(EngineError) -> OutputHead {
    guard screen == nil, softcap == nil, let unembedding else { return self }
    var head = self
    head.screen = try reader.screen(reader.config.unembedding, of: unembedding)
    return head
  }

  var screens: Bool { screen != nil }

  /// Makes room for a tile's scores on every lane, `[row, dVocab]` each.
  func makeLogits() throws(EngineError) -> [Device.Matrix] {
    var buffers: [Device.Matrix] = []
    for _ in 0..<device.laneCount {
      buffers.append(
        try device.makeMatrix(rows: device.maxTileRows, columns: dVocab, feedsProducts: false))
    }
    return buffers
  }

  /// Writes the rows after the final norm.
  func normalise(_ residual: Rows<Device.Matrix>, into out: Rows<Device.Matrix>, lane: Int) {
    device.normalise(residual, with: finalNorm, into: out, lane: lane)
  }

  /// [row]: tokens and scores among which the highest are, as the device's `largest` has them; nil
  /// where all scores have to be computed.
  func largest(
    of residual: Rows<Device.Matrix>, penalised: [TokenSet?], lane: Int
  ) throws(EngineError) -> [[ScoredOutput]]? {
    guard let unembedding, let screen else { return nil }
    let rows = Rows(normed[lane], 0..<residual.range.count)
    normalise(residual, into: rows, lane: lane)
    return try device.largest(
      of: rows, by: unembedding.weight, screen: screen, penalised: penalised, lane: lane)
  }

  /// Writes the rows' scores over the vocabulary, `[row, dVocab]`.
  func unembed(
    _ residual: Rows<Device.Matrix>, into logits: Rows<Device.Matrix>,
    applyingFinalNorm: Bool = true, lane: Int
  ) throws(EngineError) {
    guard let unembedding else { return }
    let rows = Rows(normed[lane], 0..<residual.range.count)
    if applyingFinalNorm {
      normalise(residual, into: rows, lane: lane)
    } else {
      device.convert(residual, into: rows, lane: lane)
    }
    try unembedding.apply(rows, into: logits, on: device, lane: lane)
    if let softcap { device.softcap(logits, cap: softcap, lane: lane) }
  }
}

extension ModelConfig {
  var unembedding: TensorRole { tiedUnembedding ? .tokenEmbedding : .unembedding }
}
