import Numerics

/// Which prompts of a file are taken.
public enum PromptSample: Hashable, Sendable {
  case all
  /// So many from the start, or all.
  case first(Int)
  /// So many at random, or all; labels and kinds keep their shares, and the file its order.
  case drawn(Int, seed: UInt64)

  /// Indices of the prompts that are taken, ascending; `strata` says of every prompt with which others
  /// it shares label and kind.
  public func indices(of strata: [String]) -> [Int] {
    switch self {
    case .all: return Array(strata.indices)
    case .first(let count): return Array(strata.indices.prefix(count))
    case .drawn(let count, let seed):
      guard count < strata.count else { return Array(strata.indices) }
      var random = SplitMix64(seed: seed)
      return drawStratified(count, of: strata, using: &random)
    }
  }

  /// How many at most; nil for all.
  var count: Int? {
    switch self {
    case .all: nil
    case .first(let count), .drawn(let count, _): count
    }
  }
}
