/// All sequences of a run as one tree of tokens, so that what they share is computed once.
///
/// A row is one token at one position. The sequences are taken in lexicographic order, and each
/// adds one segment: consecutive rows for the tokens that it does not share with the sequence
/// before it. There is no padding, and a row's ancestors are exactly the tokens before it in its
/// sequences. A sequence under interventions can branch off: it then has rows of its own from the
/// first changed position on.
package struct TokenTrie: Sendable {
  /// [row]: the token.
  package private(set) var tokens: [Int32] = []
  /// [row]: the position in the sequence, counted from 0.
  package private(set) var positions: [Int32] = []
  /// Which rows each row attends to.
  package private(set) var ancestry = Ancestry()
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
      if shared == sequence.count, shared == previous.count, !ancestry.segments.isEmpty {
        segmentOfSequence[index - first] = ancestry.segments.count - 1
        continue
      }
      segmentOfSequence[index - first] = ancestry.segments.count
      let before = ancestry.segments.last.map { Ancestry.prefix($0, count: shared) } ?? []
      append(sequence.dropFirst(shared), at: shared, after: before)
      previous = sequence
    }
  }

  /// Gives the tokens of a sequence from `position` on rows of their own; returns them.
  ///
  /// They attend to the rows `ancestors` before `position`, and to one another.
  mutating func branch(
    after ancestors: [Ancestry.Span], tokens: ArraySlice<Int32>, at position: Int
  ) -> Range<Int> {
    tokens.isEmpty ? rowCount..<rowCount : append(tokens, at: position, after: ancestors)
  }

  @discardableResult
  private mutating func append(
    _ added: ArraySlice<Int32>, at position: Int, after ancestors: [Ancestry.Span]
  ) -> Range<Int> {
    tokens.append(contentsOf: added)
    positions.append(contentsOf: (position..<position + added.count).lazy.map(Int32.init))
    return ancestry.append(after: ancestors, rows: added.count)
  }

  /// The first `count` shared rows of a sequence, as runs of consecutive rows.
  package func path(ofSequence sequence: Int, count: Int) -> [Ancestry.Span] {
    Ancestry.prefix(ancestry.segments[segmentOfSequence[sequence]], count: count)
  }

  /// The shared row of every position of a sequence, given by its place in the initialiser's argument.
  package func rows(ofSequence sequence: Int) -> [Int32] {
    path(ofSequence: sequence, count: .max).flatMap { span in
      (span.start..<span.start + span.count).map(Int32.init)
    }
  }
}

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
