import Numerics

/// What the transition classifier found in a prompt set.
public struct Classification: Sendable {
  /// The mean cosine per layer of the prompts with one label: a line of the paper's figure.
  public struct LabelCosines: Equatable, Sendable, Encodable {
    /// Empty for prompts without a label.
    public var label: String
    public var count: Int
    /// [layer of L].
    public var means: [Double]
  }

  /// What s_q is, and in words where it comes from.
  public var kind: HarmClassifier.Kind
  public var source: String
  /// The layer set L.
  public var layers: [Int]
  public var threshold: Double
  /// The balanced accuracy over the anchors, where the threshold comes from them.
  public var anchorAccuracy: Double?
  public var safeLabel: String
  public var unsafeLabel: String
  public var prompts: [ClassifiedPrompt]
  /// One for every label, in alphabetical order.
  public var labelCosines: [LabelCosines]
  /// Over the prompts with the safe or the unsafe label that are no anchors.
  ///
  /// Over all of them where the others do not have both labels; nil unless there are some of each.
  public var quality: ClassifierQuality?
  /// What the figures are over.
  public var sample: Sample

  /// Whether the vectors saw what the classifier's figures are over.
  public enum Sample: String, Equatable, Sendable, Encodable {
    /// No anchors: these are left out.
    case heldOut = "held-out"
    /// Anchors: there are too few others.
    case inSample = "in-sample"
    /// Perhaps anchors, since the vectors do not say from what texts they were made.
    case unknown
  }

  /// How many prompts are anchors of the vectors.
  public var anchorCount: Int { prompts.count { $0.isAnchor == true } }

  /// Gathers the decisions of a classifier.
  public init(
    _ prompts: [ClassifiedPrompt], by classifier: HarmClassifier,
    safeLabel: String = "safe", unsafeLabel: String = "unsafe",
    resampling: ClassifierQuality.Resampling = ClassifierQuality.Resampling()
  ) throws(VectorError) {
    guard safeLabel != unsafeLabel else { throw .sameLabels(safeLabel) }
    kind = classifier.kind
    source = classifier.source
    layers = classifier.layers
    threshold = classifier.threshold
    anchorAccuracy = classifier.anchorAccuracy
    self.safeLabel = safeLabel
    self.unsafeLabel = unsafeLabel
    self.prompts = prompts
    labelCosines = Dictionary(grouping: prompts, by: \.label)
      .map { label, prompts in
        LabelCosines(
          label: label, count: prompts.count, means: mean(ofRows: prompts.map(\.cosines)) ?? [])
      }
      .sorted { $0.label < $1.label }
    let judged = prompts.filter { $0.label == safeLabel || $0.label == unsafeLabel }
    func quality(of prompts: [ClassifiedPrompt]) -> ClassifierQuality? {
      ClassifierQuality(
        scores: prompts.map(\.score), isSafe: prompts.map { $0.label == safeLabel },
        decidedSafe: prompts.map { !$0.isUnsafe }, resampling: resampling)
    }
    if let heldOut = quality(of: judged.filter { $0.isAnchor != true }) {
      self.quality = heldOut
      sample = judged.contains { $0.isAnchor == nil } ? .unknown : .heldOut
    } else {
      self.quality = quality(of: judged)
      sample = .inSample
    }
  }

  /// How many prompts count as unsafe.
  public var unsafeDecisions: Int { prompts.count(where: \.isUnsafe) }
}

extension Classification: Encodable {
  private enum Key: String, CodingKey {
    case classifier, layers, threshold, anchorAccuracy, safeLabel, unsafeLabel, prompts,
      labelCosines, quality,
      sample
  }

  private struct PromptRow: Encodable {
    let id: String
    let label: String
    let isAnchor: Bool?
    let score: Double
    let decision: String
    let sigma: Int
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(kind, forKey: .classifier)
    try container.encode(layers, forKey: .layers)
    try container.encode(threshold, forKey: .threshold)
    try container.encodeIfPresent(anchorAccuracy, forKey: .anchorAccuracy)
    try container.encode(safeLabel, forKey: .safeLabel)
    try container.encode(unsafeLabel, forKey: .unsafeLabel)
    try container.encode(labelCosines, forKey: .labelCosines)
    try container.encodeIfPresent(quality, forKey: .quality)
    if quality != nil { try container.encode(sample, forKey: .sample) }
    let rows = prompts.map {
      PromptRow(
        id: $0.id, label: $0.label, isAnchor: $0.isAnchor, score: $0.score, decision: $0.decision,
        sigma: $0.sigma)
    }
    try container.encode(rows, forKey: .prompts)
  }
}

extension ClassifiedPrompt {
  /// The decision in a word: `unsafe` or `safe`.
  public var decision: String { isUnsafe ? "unsafe" : "safe" }
}
