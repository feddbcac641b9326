/// An ``Ancestry`` as the attention kernel reads it.
struct CPUTrie: Sendable {
  /// [row]: the segment.
  let segmentOfRow: [Int32]
  /// [segment]: its first row.
  let firstRow: [Int32]
  /// [segment + 1]: where its ancestors begin in `spanStart` and `spanCount`.
  let spanOffset: [Int32]
  let spanStart: [Int32]
  let spanCount: [Int32]
  /// The longest context of any row, the row itself included.
  let maxContext: Int

  init(_ ancestry: Ancestry) {
    var offset: [Int32] = [0]
    var start: [Int32] = []
    var count: [Int32] = []
    for segment in ancestry.segments {
      start += segment.ancestors.map { Int32($0.start) }
      count += segment.ancestors.map { Int32($0.count) }
      offset.append(Int32(start.count))
    }
    segmentOfRow = ancestry.segmentOfRow
    firstRow = ancestry.segments.map { Int32($0.firstRow) }
    spanOffset = offset
    spanStart = start
    spanCount = count
    maxContext = ancestry.longestContext
  }
}
