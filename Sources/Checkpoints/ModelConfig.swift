/// The hyperparameters of a decoder-only transformer of the Llama family.
public struct ModelConfig: Sendable, Equatable {
  /// The architecture's name in the file, such as `llama`.
  public var architecture: String
  /// The count of transformer blocks.
  public var nLayers: Int
  /// The width of the residual stream.
  public var dModel: Int
  /// The count of query heads.
  public var nHeads: Int
  /// The count of key and value heads; divides `nHeads`.
  public var nKVHeads: Int
  /// The width of one head.
  public var dHead: Int
  /// The width of the MLP's hidden layer.
  public var dMLP: Int
  /// The count of rows of the token embedding.
  public var dVocab: Int
  /// The longest context that the model was trained for, in tokens.
  public var nCtx: Int
  /// The number added to the mean square in RMSNorm.
  public var rmsNormEpsilon: Float
  /// The base of the rotary frequencies.
  ///
  /// From one token to the next, pair *i* turns by `base ^ (-2i / ropeDimensionCount)` radians.
  public var ropeBase: Double
  /// The count of leading dimensions of a head that are rotated; even, at most `dHead`.
  public var ropeDimensionCount: Int
  /// The change to the rotary frequencies for long contexts.
  public var ropeScaling: RopeScaling
  /// Which two dimensions of a head turn together, given the order of rows in this file's Q and K.
  public var ropePairing: RopePairing
  /// True when the token embedding also serves as unembedding.
  public var tiedUnembedding: Bool

  /// Creates a configuration as it stands, unchecked; readers of files check theirs.
  public init(
    architecture: String, nLayers: Int, dModel: Int, nHeads: Int, nKVHeads: Int, dHead: Int,
    dMLP: Int, dVocab: Int, nCtx: Int, rmsNormEpsilon: Float, ropeBase: Double,
    ropeDimensionCount: Int, ropeScaling: RopeScaling, ropePairing: RopePairing,
    tiedUnembedding: Bool
  ) {
    self.architecture = architecture
    self.nLayers = nLayers
    self.dModel = dModel
    self.nHeads = nHeads
    self.nKVHeads = nKVHeads
    self.dHead = dHead
    self.dMLP = dMLP
    self.dVocab = dVocab
    self.nCtx = nCtx
    self.rmsNormEpsilon = rmsNormEpsilon
    self.ropeBase = ropeBase
    self.ropeDimensionCount = ropeDimensionCount
    self.ropeScaling = ropeScaling
    self.ropePairing = ropePairing
    self.tiedUnembedding = tiedUnembedding
  }

  /// Returns the row-major shape that a tensor with `role` must have.
  public func shape(of role: TensorRole) -> [Int] {
    switch role {
    case .tokenEmbedding, .unembedding: [dVocab, dModel]
    case .finalNorm, .block(_, .attnNorm), .block(_, .mlpNorm): [dModel]
    case .ropeFrequencyFactors: [ropeDimensionCount / 2]
    case .block(_, .q): [nHeads * dHead, dModel]
    case .block(_, .k), .block(_, .v): [nKVHeads * dHead, dModel]
    case .block(_, .attnOut): [dModel, nHeads * dHead]
    case .block(_, .gate), .block(_, .up): [dMLP, dModel]
    case .block(_, .down): [dModel, dMLP]
    }
  }
}
