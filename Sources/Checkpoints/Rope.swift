/// Which dimensions of a head form a pair that the rotary embedding turns.
public enum RopePairing: Sendable, Equatable {
  /// Dimensions `2i` and `2i + 1`: GGUF files of the `llama` architecture.
  ///
  /// The converter of llama.cpp permutes the rows of W_Q and W_K within each head so that this
  /// pairing gives the attention scores of the original model.
  case interleaved
  /// Dimensions `i` and `i + ropeDimensionCount / 2`: Hugging Face checkpoints.
  case halves
}

/// How rotary frequencies are changed to reach contexts beyond the original training length.
public enum RopeScaling: Sendable, Equatable {
  /// Frequencies are used as they are.
  case none
  /// All positions are divided by `factor`.
  case linear(factor: Double)
  /// The frequency of pair *i* is divided by factor *i*: the Llama 3 rule, worked out in the file.
  case llama3(frequencyFactors: [Float])
  /// The YaRN rule (Peng et al. 2023, arXiv:2309.00071).
  case yarn(YarnScaling)
}

/// The parameters of YaRN (arXiv:2309.00071), with llama.cpp's names and defaults.
public struct YarnScaling: Sendable, Equatable {
  /// The extension factor *s*: new over original context length.
  public var factor: Double
  /// The context length before the extension, in tokens.
  public var originalContext: Int
  /// The weight of the YaRN ramp, positive; 1 is the paper's rule.
  public var extrapolationFactor: Double
  /// A factor on the attention temperature that follows from `factor`.
  public var attentionFactor: Double
  /// The count of turns over the original context above which frequencies stay (paper: β).
  public var betaFast: Double
  /// The count of turns below which frequencies are fully interpolated (paper: α).
  public var betaSlow: Double

  /// Creates the parameters; those left out have llama.cpp's defaults.
  public init(
    factor: Double, originalContext: Int, extrapolationFactor: Double = 1,
    attentionFactor: Double = 1, betaFast: Double = 32, betaSlow: Double = 1
  ) {
    self.factor = factor
    self.originalContext = originalContext
    self.extrapolationFactor = extrapolationFactor
    self.attentionFactor = attentionFactor
    self.betaFast = betaFast
    self.betaSlow = betaSlow
  }
}
