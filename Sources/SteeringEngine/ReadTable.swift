/// Which rows of a chunk are read, and for which sequence and position.
struct ReadTable: Sendable {
  /// One row that somebody asked for.
  struct Read: Sendable {
    var sequence: Int
    var position: Int
    /// The shared row of the position.
    var baseline: Int32
    /// The sequence's own row of the position, and the block from which on it has it.
    var own: (row: Int32, fromBlock: Int)?
  }

  /// In the order of the sequences, and in each in the order of its read positions.
  let reads: [Read]

  /// Looks up the read positions of `sequences`, the `chunk` of a run that `trie` was built from.
  init(
    _ sequences: [TokenSequence], chunk: Range<Int>, trie: TokenTrie, forks: [Fork]
  ) {
    let forkOfSequence = Dictionary(
      forks.map { ($0.sequence, $0) }, uniquingKeysWith: { first, _ in first })
    reads = chunk.flatMap { sequence -> [Read] in
      let rows = trie.rows(ofSequence: sequence - chunk.lowerBound)
      let fork = forkOfSequence[sequence - chunk.lowerBound]
      return sequences[sequence].readPositions.map { position in
        Read(
          sequence: sequence, position: position, baseline: rows[position],
          own: fork?.row(at: position))
      }
    }
  }

  /// The rows to read inside block `block`, where later forks are still the baseline.
  func slots(inside block: Int) -> ReadSlots { slots(forkedUpTo: block, present: block) }

  /// The rows to read behind `block`, -1 for the embedding; forks of the next block have left.
  func slots(behind block: Int) -> ReadSlots { slots(forkedUpTo: block + 1, present: block) }

  private func slots(forkedUpTo last: Int, present: Int) -> ReadSlots {
    var sources: [Int32: Int32] = [:]
    let numbers = reads.map { read -> Int32 in
      guard let own = read.own, own.fromBlock <= last else {
        sources[read.baseline] = read.baseline
        return read.baseline
      }
      sources[own.row] = own.fromBlock <= present ? own.row : read.baseline
      return own.row
    }
    let rows = sources.keys.sorted()
    let slotOfRow = Dictionary(uniqueKeysWithValues: zip(rows, rows.indices))
    return ReadSlots(
      rows: rows, sources: rows.map { sources[$0, default: $0] },
      slotOfRead: numbers.map { slotOfRow[$0, default: 0] })
  }
}

/// Rows that are read at one place of the forward pass, each once however often it is read.
struct ReadSlots: Sendable {
  static let none = ReadSlots(rows: [], sources: [], slotOfRead: [])

  /// [slot]: the row, ascending.
  let rows: [Int32]
  /// [slot]: the row that holds its numbers, the baseline's where a fork is about to leave.
  let sources: [Int32]
  /// [read]: the slot.
  let slotOfRead: [Int]

  /// The slots among `numbers`, ascending row numbers, as places in `numbers` and slots.
  func pairs(among numbers: ArraySlice<Int32>) -> [(from: Int, to: Int)] {
    guard let first = numbers.first else { return [] }
    var pairs: [(from: Int, to: Int)] = []
    var place = numbers.startIndex
    for slot in rows.lowerBound(of: first)..<rows.count {
      while place < numbers.endIndex, numbers[place] < rows[slot] { place += 1 }
      guard place < numbers.endIndex else { break }
      if numbers[place] == rows[slot] { pairs.append((place - numbers.startIndex, slot)) }
    }
    return pairs
  }

  /// Lays `[slot, width]` values out as `[read, width]`, and checks that they are numbers.
  func expand(
    _ values: [Float], width: Int, hook: HookPoint, reads: [ReadTable.Read], sequences: Range<Int>
  ) throws(EngineError) -> CapturedRows {
    if let index = values.firstNonFinite,
      let read = slotOfRead.firstIndex(of: index / width)
    {
      throw .nonFinite(hook, sequence: reads[read].sequence, position: reads[read].position)
    }
    let isInOrder =
      slotOfRead.count == rows.count
      && slotOfRead.indices.allSatisfy {
        slotOfRead[$0] == $0
      }
    guard !isInOrder else {
      return CapturedRows(hook: hook, sequences: sequences, values: values, width: width)
    }
    var expanded: [Float] = []
    expanded.reserveCapacity(slotOfRead.count * width)
    for slot in slotOfRead { expanded += values[slot * width..<(slot + 1) * width] }
    return CapturedRows(hook: hook, sequences: sequences, values: expanded, width: width)
  }
}

extension [Int32] {
  /// The index of the first element that is at least `value`, in an ascending array.
  func lowerBound(of value: Int32) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
