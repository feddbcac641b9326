/// A third of a model's layers, as SCANS cuts them (Table 1): of 32 layers, former is 0-9, middle
/// 10-20 and latter 21-31.
///
/// Other depths are cut in proportion: n layers at 10n/32 and 21n/32, rounded half up.
public enum LayerSegment: String, CaseIterable, Sendable {
  case former, middle, latter

  /// How the layers are cut, for outputs that record it.
  public static let rule = "n layers are cut at round(10n/32) and round(21n/32)"

  /// The block indices, counted from 0, of this segment of a model; empty where a model is too
  /// shallow to have it.
  public func layers(of nLayers: Int) -> Range<Int> {
    let (middle, latter) = ((10 * nLayers + 16) / 32, (21 * nLayers + 16) / 32)
    return switch self {
    case .former: 0..<middle
    case .middle: middle..<latter
    case .latter: latter..<nLayers
    }
  }
}
