import CKernels
import Numerics

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
  func rows(inside block: Int) -> ReadRows { rows(forkedUpTo: block, present: block) }

  /// The rows to read after `block`, -1 for the embedding; forks of the next block have left.
  func rows(after block: Int) -> ReadRows { rows(forkedUpTo: block + 1, present: block) }

  private func rows(forkedUpTo last: Int, present: Int) -> ReadRows {
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
    let indexOfRow = Dictionary(uniqueKeysWithValues: zip(rows, rows.indices))
    return ReadRows(
      numbers: rows, sources: rows.map { sources[$0, default: $0] },
      indexOfRead: numbers.map { indexOfRow[$0, default: 0] })
  }
}

/// Rows that are read at one place of the forward pass, each once however often it is read.
struct ReadRows: Sendable {
  static let none = ReadRows(numbers: [], sources: [], indexOfRead: [])

  /// The row numbers, ascending.
  let numbers: [Int32]
  /// Where each row's values are: in the row itself, or in the baseline's where a fork is about to
  /// leave.
  let sources: [Int32]
  /// [read]: the index in `numbers`.
  let indexOfRead: [Int]

  /// Which of the rows are among `others`, ascending row numbers: from where there to where here.
  func pairs(among others: ArraySlice<Int32>) -> [(from: Int, to: Int)] {
    guard let first = others.first else { return [] }
    var pairs: [(from: Int, to: Int)] = []
    var other = others.startIndex
    for index in numbers.partitioningIndex(where: { $0 >= first })..<numbers.count {
      while other < others.endIndex, others[other] < numbers[index] { other += 1 }
      guard other < others.endIndex else { break }
      if others[other] == numbers[index] { pairs.append((other - others.startIndex, index)) }
    }
    return pairs
  }

  /// Lays `[row, width]` values out as `[read, width]`, and checks that they are finite.
  func expand(
    _ values: [Float], width: Int, hook: HookPoint, reads: [ReadTable.Read], sequences: Range<Int>
  ) throws(EngineError) -> CapturedRows {
    if let index = values.firstNonFinite,
      let read = indexOfRead.firstIndex(of: index / width)
    {
      throw .nonFinite(hook, sequence: reads[read].sequence, position: reads[read].position)
    }
    let isInOrder =
      indexOfRead.count == numbers.count && zip(indexOfRead, indexOfRead.indices).allSatisfy(==)
    guard !isInOrder else {
      return CapturedRows(hook: hook, sequences: sequences, values: values, width: width)
    }
    var expanded: [Float] = []
    expanded.reserveCapacity(indexOfRead.count * width)
    for index in indexOfRead { expanded += values[index * width..<(index + 1) * width] }
    return CapturedRows(hook: hook, sequences: sequences, values: expanded, width: width)
  }
}

extension [Float] {
  /// The index of the first NaN or infinity, or nil.
  var firstNonFinite: Int? {
    let index = withUnsafeBufferPointer { ck_first_non_finite($0.baseAddress, $0.count) }
    return index < count ? index : nil
  }
}

extension UnsafeMutableBufferPointer<Float> {
  /// Whether no number is NaN or infinite.
  var allFinite: Bool { ck_first_non_finite(baseAddress, count) == count }
}
