/// All sequences of a run as one tree of tokens, so that what they share is computed once.
///
/// A row is one token at one position. The sequences are taken in lexicographic order, and each
/// adds one segment: consecutive rows for the tokens that it does not share with the sequence
/// before it. The rows before a segment, its ancestors, are runs of consecutive rows ("spans") of
/// earlier segments. There is no padding, and a row's ancestors are exactly the tokens before it in
/// its sequences.
package struct TokenTrie: Sendable {
  /// Consecutive rows.
  package struct Span: Hashable, Sendable {
    package var start: Int
    package var count: Int
  }

  /// The rows that one sequence added, and its rows before them in order of position.
  package struct Segment: Sendable {
    package var ancestors: [Span]
    package var firstRow: Int
    package var rowCount: Int
  }

  /// [row]: the token.
  package private(set) var tokens: [Int32] = []
  /// [row]: the position in the sequence, counted from 0.
  package private(set) var positions: [Int32] = []
  /// [row]: the segment.
  package private(set) var segmentOfRow: [Int32] = []
  package private(set) var segments: [Segment] = []
  /// [sequence]: the segment that ends with the sequence's last token.
  private var segmentOfSequence: [Int]

  package var rowCount: Int { tokens.count }

  /// Builds the tree.
  ///
  /// - Complexity: O(*t* + *n* log *n*) for *n* sequences of *t* tokens that share few prefixes.
  package init<Sequences: RandomAccessCollection>(_ sequences: Sequences)
  where Sequences.Element == ArraySlice<Int32>, Sequences.Index == Int {
    segmentOfSequence = Array(repeating: 0, count: sequences.count)
    let first = sequences.startIndex
    let order = sequences.indices.sorted {
      sequences[$0].lexicographicallyPrecedes(sequences[$1])
    }
    var previous: ArraySlice<Int32> = []
    for index in order {
      let sequence = sequences[index]
      let shared = zip(previous, sequence).prefix { $0 == $1 }.count
      segmentOfSequence[index - first] = segments.count
      appendSegment(sharing: shared, of: sequence)
      previous = sequence
    }
  }

  private mutating func appendSegment(sharing shared: Int, of sequence: ArraySlice<Int32>) {
    let segment = Segment(
      ancestors: segments.last.map { Self.prefix($0, count: shared) } ?? [],
      firstRow: tokens.count, rowCount: sequence.count - shared)
    let added = sequence.dropFirst(shared)
    tokens.append(contentsOf: added)
    positions.append(contentsOf: (shared..<sequence.count).lazy.map(Int32.init))
    segmentOfRow.append(
      contentsOf: repeatElement(Int32(segments.count), count: added.count))
    segments.append(segment)
  }

  /// The first `count` rows of the path that ends with `segment`.
  private static func prefix(_ segment: Segment, count: Int) -> [Span] {
    var spans: [Span] = []
    var missing = count
    for span in segment.ancestors + [Span(start: segment.firstRow, count: segment.rowCount)]
    where missing > 0 && span.count > 0 {
      spans.append(Span(start: span.start, count: min(span.count, missing)))
      missing -= spans[spans.count - 1].count
    }
    return spans
  }

  /// The row of every position of a sequence, given by its place in the initialiser's argument.
  package func rows(ofSequence sequence: Int) -> [Int32] {
    let segment = segments[segmentOfSequence[sequence]]
    let own = Span(start: segment.firstRow, count: segment.rowCount)
    return (segment.ancestors + [own]).flatMap { span in
      (span.start..<span.start + span.count).map(Int32.init)
    }
  }
}
