/// Applies the merges inside one word at a time; its buffers are used again from word to word.
///
/// At every step the pair of the lowest rank merges, the leftmost of equals, until no neighbours
/// have a merge.
struct WordMerger {
  /// Longest word, in bytes, for which looking at all pairs at each step beats keeping a heap.
  private static let longestScannedWord = 32

  /// The tokens of the word; after `merge(with:)` those that are left.
  var ids: [Int32] = []

  private var merges: [Merge?] = []
  private var links: [Link] = []
  private var queue = MergeQueue()

  /// The neighbours of a token that is still there; -1 beyond either end.
  private struct Link {
    var previous: Int
    var next: Int
  }

  /// Merges the tokens in `ids` as far as they go.
  ///
  /// - Complexity: O(*n* log *n*) for a word of *n* bytes.
  mutating func merge(with table: MergeTable) {
    if ids.count <= Self.longestScannedWord {
      mergeByScanning(table)
    } else {
      mergeByQueue(table)
    }
  }

  private mutating func mergeByScanning(_ table: MergeTable) {
    guard ids.count > 1 else { return }
    merges.removeAll(keepingCapacity: true)
    for index in 1..<ids.count { merges.append(table.find(ids[index - 1], ids[index])) }
    while let (index, merge) = lowestRanked() {
      ids[index] = merge.id
      ids.remove(at: index + 1)
      merges.remove(at: index)
      if index > 0 { merges[index - 1] = table.find(ids[index - 1], ids[index]) }
      if index < merges.count { merges[index] = table.find(ids[index], ids[index + 1]) }
    }
  }

  /// The merge to apply next; `index` is that of its left token.
  private func lowestRanked() -> (index: Int, merge: Merge)? {
    var best: (index: Int, merge: Merge)?
    for index in merges.indices {
      guard let merge = merges[index] else { continue }
      if let best, best.merge.rank <= merge.rank { continue }
      best = (index, merge)
    }
    return best
  }

  private mutating func mergeByQueue(_ table: MergeTable) {
    links = ids.indices.map { Link(previous: $0 - 1, next: $0 + 1) }
    links[ids.count - 1].next = -1
    queue.removeAll()
    for index in 1..<ids.count { enqueue(left: index - 1, right: index, table) }
    while let candidate = queue.popLowest() {
      let left = candidate.position
      let right = links[left].next
      // Candidates are not withdrawn when a neighbour merges away: the pair must still be the one
      // that was entered.
      guard ids[left] >= 0, right >= 0, let merge = table.find(ids[left], ids[right]),
        merge.rank == candidate.rank
      else { continue }
      join(left: left, right: right, into: merge.id)
      enqueue(left: links[left].previous, right: left, table)
      enqueue(left: left, right: links[left].next, table)
    }
    ids.removeAll { $0 < 0 }
  }

  private mutating func join(left: Int, right: Int, into id: Int32) {
    ids[left] = id
    ids[right] = -1
    let next = links[right].next
    links[left].next = next
    if next >= 0 { links[next].previous = left }
  }

  private mutating func enqueue(left: Int, right: Int, _ table: MergeTable) {
    guard left >= 0, right >= 0, let merge = table.find(ids[left], ids[right]) else { return }
    queue.insert(MergeQueue.Candidate(rank: merge.rank, position: left))
  }
}
