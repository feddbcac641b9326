import ActivationStore

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

/// The prompts that the vectors of a file were made from.
public struct VectorAnchors: Sendable {
  /// Empty where the file does not have them: `workbench vectors` keeps them where it runs the
  /// model itself.
  public let texts: [String]

  /// Looks for the anchors' texts among the prompts of the vectors' own file.
  public init(_ vectors: VectorSet, path: String) {
    let ids = Set(vectors.anchors.map(\.id))
    guard !ids.isEmpty, let reader = try? ActivationReader(path: path) else {
      texts = []
      return
    }
    texts = reader.contents.prompts.filter { ids.contains($0.id) }.map(\.text)
  }
}
