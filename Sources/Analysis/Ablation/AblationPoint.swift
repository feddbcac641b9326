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
  public var alpha: Strength
  /// +1 towards refusal, -1 away from it; 0 in other modes.
  public var sign: Int

  /// Which random directions stand for the vectors, from 1; nil for the vectors themselves.
  public var control: Int?

  public init(
    mode: Mode, window: LayerWindow, alpha: Strength = Strength(0), sign: Int = 0,
    control: Int? = nil
  ) {
    self.mode = mode
    self.window = window
    self.alpha = alpha
    self.sign = sign
    self.control = control
  }

  /// Every combination, windows innermost; strengths and signs count in mode `steer` alone.
  ///
  /// Points with vectors come once more for each of `controls` sets of random directions, after all
  /// others.
  public static func grid(
    modes: [Mode], windows: [LayerWindow], alphas: [Strength], signs: [Int], controls: Int = 0
  ) -> [AblationPoint] {
    let points = modes.flatMap { mode -> [AblationPoint] in
      guard mode == .steer else {
        return windows.map { AblationPoint(mode: mode, window: $0) }
      }
      return alphas.flatMap { alpha in
        signs.flatMap { sign in
          windows.map { AblationPoint(mode: mode, window: $0, alpha: alpha, sign: sign) }
        }
      }
    }
    let controlled = points.filter(\.mode.needsVectors)
    return points
      + (0..<controls).flatMap { number in
        controlled.map { point in
          var point = point
          point.control = number + 1
          return point
        }
      }
  }
}
