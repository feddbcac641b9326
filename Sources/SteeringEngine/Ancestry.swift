/// For every row of a run, the rows that it attends to.
///
/// Rows lie in segments of consecutive rows. A row attends to its segment's ancestors, runs of
/// consecutive rows of other segments in order of position, and to its own segment up to itself.
package struct Ancestry: Sendable {
  /// Consecutive rows.
  package struct Span: Hashable, Sendable {
    package var start: Int
    package var count: Int
  }

  /// Consecutive rows of one sequence, and its rows before them in order of position.
  package struct Segment: Sendable {
    package var ancestors: [Span]
    package var firstRow: Int
    package var rowCount: Int
  }

  /// [row]: the segment.
  package private(set) var segmentOfRow: [Int32] = []
  package private(set) var segments: [Segment] = []
  /// The most rows that any row attends to, itself included.
  package private(set) var longestContext = 0

  /// Gives the next `count` rows to a new segment; returns them.
  @discardableResult
  mutating func append(after ancestors: [Span], rows count: Int) -> Range<Int> {
    let first = segmentOfRow.count
    segmentOfRow.append(contentsOf: repeatElement(Int32(segments.count), count: count))
    segments.append(Segment(ancestors: ancestors, firstRow: first, rowCount: count))
    let before = ancestors.reduce(0) { $0 + $1.count }
    longestContext = max(longestContext, before + count)
    return first..<first + count
  }

  /// The first `count` rows of the path that ends with `segment`.
  static func prefix(_ segment: Segment, count: Int) -> [Span] {
    prefix(
      of: segment.ancestors + [Span(start: segment.firstRow, count: segment.rowCount)],
      count: count)
  }

  /// The first `count` rows of a path.
  static func prefix(of path: [Span], count: Int) -> [Span] {
    var spans: [Span] = []
    var missing = count
    for span in path where missing > 0 && span.count > 0 {
      spans.append(Span(start: span.start, count: min(span.count, missing)))
      missing -= spans[spans.count - 1].count
    }
    return spans
  }
}
