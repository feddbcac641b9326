import Numerics

/// Sequences that go through a layer together, and their residual stream.
struct Chunk<Device: Backend>: Sendable {
  /// Indices into the run's sequences.
  let sequences: Range<Int>
  let tokens: TokenTrie
  let trie: Device.Trie
  /// Ascending by block.
  let forks: [Fork]
  let edits: EditTable<Device>
  let reads: ReadTable
  /// A table for each rotary rule of the model; none where positions are learned.
  let rotary: [RotaryTable<Device.Matrix>]
  /// [row of `residual`]: the trie row, ascending: first the shared rows, then forks as they leave;
  /// at last only what is read.
  private(set) var live: [Int32]
  /// `[live row, dModel]`, with room for all rows.
  private(set) var residual: Device.Matrix

  /// `depth` is the number of blocks that will run; positions up to `longest` can come later.
  init(
    _ sequences: [TokenSequence], range: Range<Int>, depth: Int, longest: Int = 0,
    reader: WeightReader<Device>
  ) throws(EngineError) {
    self.sequences = range
    let changes = sequences[range].map(SequenceEdits.init)
    var tokens = TokenTrie(sequences[range].map { $0.tokens[...] })
    let shared = tokens.rowCount
    forks = Fork.grow(&tokens, sequences: sequences[range], edits: changes, depth: depth)
    self.tokens = tokens
    trie = try reader.device.makeTrie(tokens.ancestry)
    reads = ReadTable(sequences, chunk: range, trie: tokens, forks: forks)
    edits = try EditTable(forks: forks, changes: changes, reader: reader)
    let length = max(Int(tokens.positions.max() ?? -1) + 1, longest)
    rotary = try reader.rotaryTables(positions: length)
    live = (0..<shared).map(Int32.init)
    var values = try reader.embeddings(
      of: tokens.tokens[..<shared], at: tokens.positions[..<shared])
    values += repeatElement(0, count: (tokens.rowCount - shared) * reader.config.dModel)
    residual = try reader.device.upload(values, columns: reader.config.dModel)
  }

  /// The rows of a sequence, shared ones and then its own, as runs of consecutive rows.
  func path(of sequence: Int) -> [Ancestry.Span] {
    let local = sequence - sequences.lowerBound
    guard let fork = forks.first(where: { $0.sequence == local }) else {
      return tokens.path(ofSequence: local, count: .max)
    }
    return fork.path
  }

  /// Lets the changed rows that are on their own from `block` on leave the baseline.
  mutating func fork(at block: Int, _ device: Device) {
    let leaving = forks.filter { $0.block == block }
    guard let first = leaving.first, let last = leaving.last else { return }
    let rows = first.rows.lowerBound..<last.rows.upperBound
    let pairs = zip(leaving.flatMap(\.baseline), rows).map { (from: Int($0), to: $1) }
    device.copyRows(pairs, of: Rows(residual, 0..<live.count), to: residual, lane: 0)
    live += rows.map(Int32.init)
    edits.apply(
      at: .entry(of: block), to: Rows(residual, rows), numbers: live[rows], device: device, lane: 0)
  }

  /// The rows that are read after `block`, -1 for the embedding, changed as they leave.
  func readRows(
    after block: Int, _ device: Device
  ) throws(EngineError) -> (values: Device.Matrix, read: ReadRows) {
    let read = reads.rows(after: block)
    let values = try device.makeMatrix(
      rows: read.numbers.count, columns: device.columns(of: residual), feedsProducts: false)
    let pairs = read.sources.enumerated().map { (from: place(of: $1), to: $0) }
    device.copyRows(pairs, of: Rows(residual, 0..<live.count), to: values, lane: 0)
    for index in read.numbers.indices where read.numbers[index] != read.sources[index] {
      edits.apply(
        at: .entry(of: block + 1), to: Rows(values, index..<index + 1),
        numbers: read.numbers[index...index], device: device, lane: 0)
    }
    return (values, read)
  }

  /// Where the residual stream of a trie row is.
  private func place(of row: Int32) -> Int { live.partitioningIndex(where: { $0 >= row }) }

  /// Drops the residual rows that nobody reads after `block`, the last.
  mutating func keepOnlySources(after block: Int, _ device: Device) throws(EngineError) {
    let needed = Set(reads.rows(after: block).sources).union(reads.rows(inside: block).numbers)
    let kept = needed.sorted()
    let rows = try device.makeMatrix(
      rows: kept.count, columns: device.columns(of: residual), feedsProducts: false)
    let pairs = kept.enumerated().map { (from: place(of: $1), to: $0) }
    device.copyRows(pairs, of: Rows(residual, 0..<live.count), to: rows, lane: 0)
    (residual, live) = (rows, kept)
  }

  /// Hands rows `[row, width]` over under every name that they were asked for.
  func deliver(
    _ values: Device.Matrix, _ read: ReadRows, as hooks: [HookPoint], _ device: Device,
    _ deliver: (CapturedRows) throws(EngineError) -> Void
  ) throws(EngineError) {
    guard !hooks.isEmpty else { return }
    let numbers = try device.download(values, rows: read.numbers.count)
    let width = device.columns(of: values)
    for hook in hooks {
      try deliver(
        read.expand(
          numbers, width: width, hook: hook, reads: reads.reads, sequences: sequences))
    }
  }
}

extension HookPoint {
  /// What block `block` reads, under its canonical name.
  fileprivate static func entry(of block: Int) -> HookPoint { HookPoint.residPre(block).canonical }
}
