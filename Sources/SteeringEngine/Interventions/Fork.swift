/// A sequence's changed rows, which leave the baseline's at a block.
struct Fork: Sendable {
  /// The sequence's index in its chunk.
  let sequence: Int
  let firstPosition: Int
  /// The first block that the rows go through on their own.
  let block: Int
  /// The rows of the positions from `firstPosition` on.
  let rows: Range<Int>
  /// The baseline's rows of the same positions.
  let baseline: [Int32]
}

extension Fork {
  /// The sequence's own row of a position, and the block from which on it has it.
  func row(at position: Int) -> (row: Int32, fromBlock: Int)? {
    guard position >= firstPosition else { return nil }
    return (Int32(rows.lowerBound + position - firstPosition), block)
  }

  /// Gives every sequence that `edits` change rows of its own, in the order of their blocks.
  ///
  /// `edits` are those of consecutive sequences, which `trie` was built from; blocks from `depth`
  /// on never run.
  static func grow(
    _ trie: inout TokenTrie, sequences: ArraySlice<TokenSequence>, edits: [SequenceEdits?],
    depth: Int
  ) -> [Fork] {
    let changed = edits.indices.compactMap { index in edits[index].map { (index, $0) } }
    return changed.sorted { ($0.1.forkBlock, $0.0) < ($1.1.forkBlock, $1.0) }.compactMap {
      index, edits in
      let tokens = sequences[sequences.startIndex + index].tokens
      guard edits.firstPosition < tokens.count, edits.forkBlock <= depth else { return nil }
      let baseline = trie.rows(ofSequence: index)[edits.firstPosition...]
      return Fork(
        sequence: index, firstPosition: edits.firstPosition, block: edits.forkBlock,
        rows: trie.branch(
          off: index, tokens: tokens[edits.firstPosition...], at: edits.firstPosition),
        baseline: Array(baseline))
    }
  }
}
