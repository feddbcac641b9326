/// A sequence's changed rows, which leave the baseline's at a block.
///
/// What several sequences under the same interventions begin with is changed once: the first of them
/// has the rows, the others attend to them.
struct Fork: Sendable {
  /// The sequence's index in its chunk.
  let sequence: Int
  /// The first changed position.
  let changedFrom: Int
  /// The first block that the rows go through on their own.
  let block: Int
  /// The rows of all positions before the fork's own: the baseline's before `changedFrom`, then
  /// other forks'.
  let ancestors: [Ancestry.Span]
  /// The fork's own rows: those of the last positions.
  let rows: Range<Int>
  /// The baseline's rows of the same positions.
  let baseline: [Int32]

  /// The position of the first own row.
  var firstPosition: Int { ancestors.reduce(0) { $0 + $1.count } }

  /// All rows of the sequence in order of position.
  var path: [Ancestry.Span] {
    rows.isEmpty
      ? ancestors : ancestors + [Ancestry.Span(start: rows.lowerBound, count: rows.count)]
  }
}

extension Fork {
  /// The sequence's changed row of a position, and the block from which on it has it.
  func row(at position: Int) -> (row: Int32, fromBlock: Int)? {
    guard position >= changedFrom else { return nil }
    var before = 0
    for span in path {
      if position < before + span.count {
        return (Int32(span.start + position - before), block)
      }
      before += span.count
    }
    return nil
  }

  /// Gives every sequence that `edits` change rows of its own, in the order of their blocks.
  ///
  /// `edits` are those of consecutive sequences, which `trie` was built from; blocks from `depth`
  /// on never run.
  static func grow(
    _ trie: inout TokenTrie, sequences: ArraySlice<TokenSequence>, edits: [SequenceEdits?],
    depth: Int
  ) -> [Fork] {
    var forks: [Fork] = []
    var last: (group: Int, tokens: [Int32])?
    for member in Member.inOrder(sequences, edits: edits, depth: depth) {
      let shared =
        if let last, last.group == member.group {
          zip(last.tokens, member.tokens).prefix { $0 == $1 }.count
        } else {
          0
        }
      let ancestors =
        if let previous = forks.last, shared > member.edits.firstPosition {
          Ancestry.prefix(of: previous.path, count: shared)
        } else {
          trie.path(ofSequence: member.index, count: member.edits.firstPosition)
        }
      let start = max(shared, member.edits.firstPosition)
      forks.append(
        Fork(
          sequence: member.index, changedFrom: member.edits.firstPosition,
          block: member.edits.forkBlock, ancestors: ancestors,
          rows: trie.branch(after: ancestors, tokens: member.tokens[start...], at: start),
          baseline: Array(trie.rows(ofSequence: member.index)[start...])))
      last = (member.group, member.tokens)
    }
    return forks
  }
}

/// A sequence that gets changed rows.
private struct Member {
  let index: Int
  let tokens: [Int32]
  let edits: SequenceEdits
  /// Sequences under the same interventions have the same number.
  let group: Int

  /// By block, and such that those which share most follow one another.
  static func inOrder(
    _ sequences: ArraySlice<TokenSequence>, edits: [SequenceEdits?], depth: Int
  ) -> [Member] {
    var groups: [ChangeList: Int] = [:]
    let members = edits.indices.compactMap { index -> Member? in
      let sequence = sequences[sequences.startIndex + index]
      guard let edits = edits[index], edits.firstPosition < sequence.tokens.count,
        edits.forkBlock <= depth
      else { return nil }
      let list = ChangeList(changes: sequence.interventions)
      let group = groups[list] ?? groups.count
      groups[list] = group
      return Member(index: index, tokens: sequence.tokens, edits: edits, group: group)
    }
    return members.sorted { left, right in
      let (one, other) = (
        (left.edits.forkBlock, left.group), (right.edits.forkBlock, right.group)
      )
      guard one == other else { return one < other }
      guard left.tokens == right.tokens else {
        return left.tokens.lexicographicallyPrecedes(right.tokens)
      }
      return left.index < right.index
    }
  }
}

/// Interventions as a key; the numbers of vectors are compared, but not hashed, since they are many.
private struct ChangeList: Hashable {
  let changes: [Intervention]

  func hash(into hasher: inout Hasher) {
    for change in changes {
      hasher.combine(change.hook)
      hasher.combine(change.positions.first)
      if case .add(_, let coefficient) = change.operation { hasher.combine(coefficient) }
    }
  }
}
