/// How anchors are drawn from the sets of an evaluation.
public struct AnchorPlan: Hashable, Sendable {
  /// The sets' names; together they have prompts of both labels.
  public var sets: [String]
  /// How many of each label.
  public var count: Int
  /// Each trial has anchors of its own.
  public var trials: Int

  public init(sets: [String], count: Int, trials: Int = 1) {
    self.sets = sets
    self.count = count
    self.trials = trials
  }
}

/// One draw of anchors, and the prompts that it reports on.
public struct SafetyTrial: Equatable, Sendable {
  /// What the anchors were drawn with.
  public var seed: UInt64
  /// Indices of prompts, ascending.
  public var anchors: [Int]
  /// Indices of prompts, ascending; none of them says what an anchor says.
  public var reported: [Int]

  public init(seed: UInt64, anchors: [Int], reported: [Int]) {
    self.seed = seed
    self.anchors = anchors
    self.reported = reported
  }
}
