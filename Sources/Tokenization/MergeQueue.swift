/// A binary heap of possible merges, lowest rank first and leftmost among equals.
struct MergeQueue {
  /// A pair of neighbours that could merge.
  struct Candidate {
    /// The rank of the merge.
    var rank: UInt32
    /// Where the left token of the pair is.
    var position: Int

    func precedes(_ other: Candidate) -> Bool {
      rank != other.rank ? rank < other.rank : position < other.position
    }
  }

  private var heap: [Candidate] = []

  /// Empties the queue and keeps its memory.
  mutating func removeAll() { heap.removeAll(keepingCapacity: true) }

  /// Adds a candidate.
  mutating func insert(_ candidate: Candidate) {
    heap.append(candidate)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard candidate.precedes(heap[parent]) else { break }
      heap[child] = heap[parent]
      child = parent
    }
    heap[child] = candidate
  }

  /// Takes out the candidate that precedes all others, nil if the queue is empty.
  mutating func popLowest() -> Candidate? {
    guard let lowest = heap.first, let last = heap.popLast() else { return nil }
    guard !heap.isEmpty else { return lowest }
    var parent = 0
    while let child = firstChild(of: parent), heap[child].precedes(last) {
      heap[parent] = heap[child]
      parent = child
    }
    heap[parent] = last
    return lowest
  }

  /// The child of `parent` that precedes the other.
  private func firstChild(of parent: Int) -> Int? {
    let left = 2 * parent + 1
    guard left < heap.count else { return nil }
    let right = left + 1
    return right < heap.count && heap[right].precedes(heap[left]) ? right : left
  }
}
