import Numerics

/// Which prompts of a set the refusal direction is made from.
public struct AnchorDraw: Equatable, Sendable {
  /// How anchors are chosen.
  public struct Request: Equatable, Sendable {
    public var unsafeLabel: String
    public var safeLabel: String
    /// How many of each label; nil takes all.
    public var count: Int?
    public var seed: UInt64

    public init(
      unsafeLabel: String = "unsafe", safeLabel: String = "safe", count: Int? = nil,
      seed: UInt64 = 0
    ) {
      self.unsafeLabel = unsafeLabel
      self.safeLabel = safeLabel
      self.count = count
      self.seed = seed
    }
  }

  /// Indices of prompts, ascending.
  public let unsafe: [Int]
  public let safe: [Int]
  /// nil where all were taken.
  public let seed: UInt64?

  /// Draws without replacement, first among the unsafe prompts, then among the safe ones.
  ///
  /// `source` names the prompts in errors. Prompts with neither label are left out.
  public init(labels: [String], request: Request, source: String) throws(VectorError) {
    guard request.unsafeLabel != request.safeLabel else {
      throw .sameLabels(request.unsafeLabel)
    }
    var random = SplitMix64(seed: request.seed)
    func drawn(_ label: String) throws(VectorError) -> [Int] {
      let all = labels.indices.filter { labels[$0] == label }
      guard !all.isEmpty else {
        let found = Set(labels).subtracting([""]).sorted()
        throw .noLabel(source: source, label: label, found: found)
      }
      guard let count = request.count else { return all }
      guard count <= all.count else {
        throw .tooFewAnchors(source: source, label: label, wanted: count, found: all.count)
      }
      return drawWithoutReplacement(count, of: all.count, using: &random).map { all[$0] }
    }
    unsafe = try drawn(request.unsafeLabel)
    safe = try drawn(request.safeLabel)
    seed = request.count.map { _ in request.seed }
  }
}
