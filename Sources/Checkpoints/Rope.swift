#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// How rotary frequencies are changed to reach contexts beyond the original training length.
public enum RopeScaling: Sendable, Equatable {
  /// Frequencies are used as they are.
  case none
  /// All positions are divided by `factor`.
  case linear(factor: Double)
  /// The frequency of pair *i* is divided by factor *i*: the Llama 3 rule, worked out.
  case llama3(frequencyFactors: [Float])
  /// The YaRN rule (Peng et al. 2023, arXiv:2309.00071).
  case yarn(YarnScaling)
  /// The LongRoPE rule (Ding et al. 2024, arXiv:2402.13753), as Phi-3 uses it.
  case longrope(LongRopeScaling)
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

  /// The factor on cos and sin that the paper derives from the extension factor.
  static func temperature(_ factor: Double) -> Double {
    factor > 1 ? 0.1 * log(factor) + 1 : 1
  }
}

/// The parameters of LongRoPE: the frequency of pair *i* is divided by factor *i* of one list.
///
/// As in transformers, the list is chosen once for a whole sequence: `longFactors` when the
/// sequence has more than `originalContext` tokens, else `shortFactors`.
public struct LongRopeScaling: Sendable, Equatable {
  public var shortFactors: [Float]
  public var longFactors: [Float]
  /// The context length before the extension, in tokens.
  public var originalContext: Int
  /// The factor on cos and sin, whichever list is used.
  public var attentionFactor: Double

  public init(
    shortFactors: [Float], longFactors: [Float], originalContext: Int, attentionFactor: Double
  ) {
    self.shortFactors = shortFactors
    self.longFactors = longFactors
    self.originalContext = originalContext
    self.attentionFactor = attentionFactor
  }
}
