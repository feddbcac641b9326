import Numerics

/// How well decisions and scores of the classifier agree with labels.
///
/// The positive class is the safe one and its score is 1 - s_q, as in the released code.
public struct ClassifierQuality: Equatable, Sendable, Encodable {
  /// A figure with its bootstrap interval.
  public struct Estimate: Equatable, Sendable, Encodable {
    public var name: String
    /// nil where it is not defined, as the precision is where nothing is called safe.
    public var value: Double?
    /// nil where a resample left it undefined.
    public var interval: BootstrapInterval?
  }

  /// How the intervals are made.
  public struct Resampling: Equatable, Sendable, Encodable {
    public var count: Int
    public var seed: UInt64
    public var confidence: Double

    public init(count: Int = 1000, seed: UInt64 = 0, confidence: Double = 0.95) {
      self.count = count
      self.seed = seed
      self.confidence = confidence
    }
  }

  /// In the order of the figures.
  public static let names = [
    "precision", "recall", "f1", "auprc_trapezoid", "average_precision", "roc_auc",
  ]

  public var safeCount: Int
  public var unsafeCount: Int
  public var resampling: Resampling
  /// One for each of `names`.
  public var estimates: [Estimate]

  /// nil where one of the classes has no example.
  public init?(scores: [Double], isSafe: [Bool], decidedSafe: [Bool], resampling: Resampling) {
    let safe = isSafe.indices.filter { isSafe[$0] }
    let unsafe = isSafe.indices.filter { !isSafe[$0] }
    guard !safe.isEmpty, !unsafe.isEmpty else { return nil }
    let figures = { (sample: [Int]) in
      Self.figures(
        scores: sample.map { scores[$0] }, isSafe: sample.map { isSafe[$0] },
        decidedSafe: sample.map { decidedSafe[$0] })
    }
    let values = figures(Array(isSafe.indices))
    let intervals = bootstrapIntervals(
      strata: [safe, unsafe], resamples: resampling.count, seed: resampling.seed,
      confidence: resampling.confidence, statistics: figures)
    safeCount = safe.count
    unsafeCount = unsafe.count
    self.resampling = resampling
    estimates = Self.names.indices.map { index in
      Estimate(name: Self.names[index], value: values[index], interval: intervals[index])
    }
  }

  private static func figures(
    scores: [Double], isSafe: [Bool], decidedSafe: [Bool]
  ) -> [Double?] {
    let counts = DecisionCounts(decided: decidedSafe, actual: isSafe)
    let ranked = RankedScores(scores: scores.map { 1 - $0 }, isPositive: isSafe)
    return [
      counts.precision, counts.recall, counts.f1, ranked?.trapezoidAUPRC,
      ranked?.averagePrecision, ranked?.rocAUC,
    ]
  }
}
