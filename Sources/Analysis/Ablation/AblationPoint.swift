/// One setting of a sweep.
public struct AblationPoint: Hashable, Sendable {
  /// What is done to the blocks of a window.
  public enum Mode: String, CaseIterable, Sendable {
    /// sign · alpha · v is added to `resid_post` of each (SCANS).
    case steer
    /// What their attention or MLP adds is zero.
    case zero
    /// What their attention or MLP adds is its mean over the prompts.
    case mean
    /// They add nothing, so the residual stream passes by.
    case skip
    /// `resid_post` of each loses its part along v.
    case projectOut = "project-out"

    /// Whether the refusal vectors take part.
    public var needsVectors: Bool { self == .steer || self == .projectOut }
  }

  public var mode: Mode
  public var window: LayerWindow
  /// The strength of steering; 0 in other modes.
  public var alpha: Double
  /// +1 towards refusal, -1 away from it; 0 in other modes.
  public var sign: Int

  public init(mode: Mode, window: LayerWindow, alpha: Double = 0, sign: Int = 0) {
    self.mode = mode
    self.window = window
    self.alpha = alpha
    self.sign = sign
  }

  /// Every combination, windows innermost; strengths and signs count in mode `steer` alone.
  public static func grid(
    modes: [Mode], windows: [LayerWindow], alphas: [Double], signs: [Int]
  ) -> [AblationPoint] {
    modes.flatMap { mode -> [AblationPoint] in
      guard mode == .steer else {
        return windows.map { AblationPoint(mode: mode, window: $0) }
      }
      return alphas.flatMap { alpha in
        signs.flatMap { sign in
          windows.map { AblationPoint(mode: mode, window: $0, alpha: alpha, sign: sign) }
        }
      }
    }
  }
}
