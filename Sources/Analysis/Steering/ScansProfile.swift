/// What SCANS leaves open or its released code does otherwise than its paper, as one choice.
///
/// | | `scans-repo` | `scans-paper` |
/// |---|---|---|
/// | vectors | divided by their norm, so alpha is a length | the mean difference as it is (Eq. 1) |
/// | steered layers, of 32 | 10 to 19 | the middle segment, 10 to 20 |
/// | alpha | 3.5 | 3, the middle of the recommended 2 to 4 |
/// | prompts | without white space around them where answers are generated | as they are |
/// | repetition penalty | 1.1 | none |
///
/// Both classify with layers 10 to 31 of 32 and steer from the query end on. Layers of other depths
/// are cut in proportion. Not taken over from the released code: states rounded to float16, the last
/// layer read after the final norm, anchors drawn without a seed, steering every position where the
/// query end is not found, and a threshold for each test set (0.75 for most); here it comes from the
/// anchors.
public enum ScansProfile: String, CaseIterable, Sendable {
  case repository = "scans-repo"
  case paper = "scans-paper"

  /// The blocks that are steered in a model of `nLayers`.
  public func steeredLayers(of nLayers: Int) -> [Int] {
    switch self {
    case .repository: Array(Self.cut(10, nLayers)..<Self.cut(20, nLayers))
    case .paper: Array(LayerSegment.middle.layers(of: nLayers))
    }
  }

  /// The layer set L of the classifier, the same for both.
  public static func classifierLayers(of nLayers: Int) -> [Int] {
    Array(cut(10, nLayers)..<nLayers)
  }

  public var alpha: Strength { self == .repository ? 3.5 : 3 }
  public var repetitionPenalty: Float { self == .repository ? 1.1 : 1 }
  public var hasUnitVectors: Bool { self == .repository }
  var stripsPrompts: Bool { self == .repository }

  /// Layer `layer` of 32 in a model of `nLayers`, rounded half up.
  private static func cut(_ layer: Int, _ nLayers: Int) -> Int { (layer * nLayers + 16) / 32 }
}
