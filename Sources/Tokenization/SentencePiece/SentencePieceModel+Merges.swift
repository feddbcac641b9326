extension SentencePieceModel {
  /// Two pieces that make up a third.
  private struct Candidate {
    var left, right, merged: Int32
    /// The lengths of the parts in characters.
    var leftLength, rightLength: Int32
    var score: Float
  }

  /// All ways in which two pieces of `vocabulary` make up a third, in the order they are applied.
  ///
  /// SentencePiece has no list of merges: any two neighbours whose concatenation is a piece may
  /// merge. The order among equals is that of transformers' `generate_merges`.
  func merges(_ vocabulary: PieceVocabulary) -> MergeTable {
    var candidates: [Candidate] = []
    candidates.reserveCapacity(vocabulary.count * 2)
    for id in 0..<vocabulary.count { appendCandidates(for: id, vocabulary, to: &candidates) }
    candidates.sort(by: precedes)
    var table = MergeTable(capacity: candidates.count)
    for (rank, candidate) in candidates.enumerated() {
      table.insert(
        left: candidate.left, right: candidate.right,
        merge: Merge(rank: UInt32(truncatingIfNeeded: rank), id: candidate.merged))
    }
    return table
  }

  private func appendCandidates(
    for id: Int, _ vocabulary: PieceVocabulary, to candidates: inout [Candidate]
  ) {
    vocabulary.pieces[id].withUnsafeBufferPointer { piece in
      let characters = Int32(piece.count { $0 & 0xC0 != 0x80 })
      var length: Int32 = 1
      var split = piece.isEmpty ? 0 : characterWidth(lead: piece[0])
      while split < piece.count {
        if let left = vocabulary.find(UnsafeBufferPointer(rebasing: piece[..<split])),
          let right = vocabulary.find(UnsafeBufferPointer(rebasing: piece[split...]))
        {
          candidates.append(
            Candidate(
              left: left, right: right, merged: Int32(id), leftLength: length,
              rightLength: characters - length, score: mergeOrder == .scores ? scores[id] : 0))
        }
        split += characterWidth(lead: piece[split])
        length += 1
      }
    }
  }

  private func precedes(_ one: Candidate, _ other: Candidate) -> Bool {
    switch mergeOrder {
    case .ids, .idsShorterLeftFirst:
      if one.merged != other.merged { return one.merged < other.merged }
      let isShorter = one.leftLength < other.leftLength
      return mergeOrder == .ids ? !isShorter && one.leftLength != other.leftLength : isShorter
    case .scores:
      if one.score != other.score { return one.score > other.score }
      if one.leftLength != other.leftLength { return one.leftLength > other.leftLength }
      if one.rightLength != other.rightLength { return one.rightLength > other.rightLength }
      if one.merged != other.merged { return one.merged < other.merged }
      return (one.left, one.right) < (other.left, other.right)
    }
  }
}
