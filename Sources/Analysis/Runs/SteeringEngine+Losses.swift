import SteeringEngine

extension SteeringEngine {
  /// Rows that are held at once at most.
  private static let rowsAtOnce = 65_536

  /// `[sequence]`: the sum of -log p(target) over its read positions in nats, each target being what
  /// follows the token there; nil where a score is not finite.
  func losses(
    of sequences: [TokenSequence], targets: [[Int32]], memoryBudget: Int,
    shouldStop: @escaping @Sendable () -> Bool, progress: (Double) -> Void = { _ in }
  ) throws(EngineError) -> [Double?] {
    let total = Double(max(sequences.reduce(0) { $0 + $1.readPositions.count }, 1))
    let room = max(min(Self.rowsAtOnce, memoryBudget / (8 * 4 * config.dModel)), 1)
    var (done, losses): (Double, [Double?]) = (0, [])
    for range in Self.groups(of: sequences.map(\.readPositions.count), upTo: room) {
      let part = Array(sequences[range])
      let size = Double(part.reduce(0) { $0 + $1.readPositions.count })
      let rows = try lastRows(
        part, from: range.lowerBound, memoryBudget: memoryBudget, shouldStop: shouldStop,
        progress: { progress((done + $0 * size) / total) })
      losses += try sums(rows, targets[range].joined().map(Int.init), part, shouldStop)
      done += size
    }
    return losses
  }

  private func sums(
    _ rows: [Float], _ targets: [Int], _ sequences: [TokenSequence],
    _ shouldStop: @escaping @Sendable () -> Bool
  ) throws(EngineError) -> [Double?] {
    let losses = try reduceScores(of: rows, shouldStop: shouldStop) { row, scores in
      scores.logSum - Double(scores[targets[row]])
    }
    var start = 0
    return sequences.map { sequence in
      defer { start += sequence.readPositions.count }
      return losses[start..<start + sequence.readPositions.count].sum
    }
  }

  /// Consecutive ranges of items whose sizes add up to no more than `limit`, or of one item.
  private static func groups(of sizes: [Int], upTo limit: Int) -> [Range<Int>] {
    var (ranges, size): ([Range<Int>], Int) = ([], 0)
    for (index, added) in sizes.enumerated() {
      if let last = ranges.last, size + added <= limit {
        ranges[ranges.count - 1] = last.lowerBound..<index + 1
        size += added
      } else {
        ranges.append(index..<index + 1)
        size = added
      }
    }
    return ranges
  }
}

extension Collection<Double?> {
  /// The sum of all numbers; nil where one is missing.
  var sum: Double? { reduce(0) { sum, number in sum.flatMap { sum in number.map { sum + $0 } } } }
}
