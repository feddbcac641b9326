/// Which rows of a trie are read, and for which sequence and position.
///
/// Sequences that share a row share its slot, so a row is captured once however often it is read.
struct ReadTable: Sendable {
  /// One row that somebody asked for.
  struct Read: Sendable {
    var sequence: Int
    var position: Int
    var slot: Int
  }

  /// [slot]: the trie row, in ascending order.
  let rows: [Int32]
  /// [row]: the slot, or -1 for a row that nobody reads.
  let slotOfRow: [Int32]
  /// In the order of the sequences, and in each in the order of its read positions.
  let reads: [Read]

  /// Looks up the read positions of `sequences`, the `chunk` of a run that `trie` was built from.
  init(_ sequences: [TokenSequence], chunk: Range<Int>, trie: TokenTrie) {
    var wanted: [(sequence: Int, position: Int, row: Int32)] = []
    for sequence in chunk {
      let rows = trie.rows(ofSequence: sequence - chunk.lowerBound)
      wanted += sequences[sequence].readPositions.map { (sequence, $0, rows[$0]) }
    }
    rows = Set(wanted.map(\.row)).sorted()
    var slotOfRow = [Int32](repeating: -1, count: trie.rowCount)
    for (slot, row) in rows.enumerated() { slotOfRow[Int(row)] = Int32(slot) }
    reads = wanted.map {
      Read(sequence: $0.sequence, position: $0.position, slot: Int(slotOfRow[Int($0.row)]))
    }
    self.slotOfRow = slotOfRow
  }

  /// The reads among `queries`, as places in `queries` and slots.
  func slots(among queries: ArraySlice<Int32>) -> [(from: Int, to: Int)] {
    var pairs: [(from: Int, to: Int)] = []
    for (place, row) in queries.enumerated() where slotOfRow[Int(row)] >= 0 {
      pairs.append((place, Int(slotOfRow[Int(row)])))
    }
    return pairs
  }

  /// Lays `[slot, width]` values out as `[read, width]`, and checks that they are numbers.
  func expand(
    _ values: [Float], width: Int, hook: HookPoint, sequences: Range<Int>
  ) throws(EngineError) -> CapturedRows {
    if let index = values.firstNonFinite {
      let slot = index / width
      if let read = reads.first(where: { $0.slot == slot }) {
        throw .nonFinite(hook, sequence: read.sequence, position: read.position)
      }
    }
    let isInOrder = reads.count == rows.count && reads.indices.allSatisfy { reads[$0].slot == $0 }
    guard !isInOrder else {
      return CapturedRows(hook: hook, sequences: sequences, values: values, width: width)
    }
    var expanded: [Float] = []
    expanded.reserveCapacity(reads.count * width)
    for read in reads { expanded += values[read.slot * width..<(read.slot + 1) * width] }
    return CapturedRows(hook: hook, sequences: sequences, values: expanded, width: width)
  }
}
