/// Sequences that go through a layer together, and their residual stream.
struct Chunk<Device: Backend>: Sendable {
  /// Indices into the run's sequences.
  let sequences: Range<Int>
  let tokens: TokenTrie
  let trie: Device.Trie
  let reads: ReadTable
  /// A table for each rotary rule of the model; none where positions are learned.
  let rotary: [RotaryTable<Device.Matrix>]
  /// Tokens before sharing.
  let tokenCount: Int
  /// [row of `residual`]: the trie row; all of them until only the reads are kept.
  private(set) var live: [Int32]
  /// `[live row, dModel]`.
  private(set) var residual: Device.Matrix

  init(
    _ sequences: [TokenSequence], range: Range<Int>, reader: WeightReader<Device>
  ) throws(EngineError) {
    self.sequences = range
    tokens = TokenTrie(sequences[range].map { $0.tokens[...] })
    trie = try reader.device.makeTrie(tokens)
    reads = ReadTable(sequences, chunk: range, trie: tokens)
    tokenCount = sequences[range].reduce(0) { $0 + $1.tokens.count }
    let length = Int(tokens.positions.max() ?? -1) + 1
    var tables: [RotaryTable<Device.Matrix>] = []
    if case .rotary(let rules) = reader.config.positions {
      for rule in rules {
        tables.append(try .upload(rule, positions: length, to: reader.device))
      }
    }
    rotary = tables
    live = (0..<tokens.rowCount).map(Int32.init)
    residual = try reader.device.upload(
      reader.embeddings(of: tokens.tokens, at: tokens.positions), columns: reader.config.dModel)
  }

  /// Drops the residual rows that nobody reads; what is left is in the order of the read slots.
  mutating func keepOnlyReads(_ device: Device) throws(EngineError) {
    let kept = try makeCapture(columns: nil, device)
    let everyRow = Rows(residual, 0..<live.count)
    device.copyRows(reads.slots(among: live[...]), of: everyRow, to: kept, lane: 0)
    residual = kept
    live = reads.rows
  }

  /// Storage for one row of every slot, as wide as the residual stream or `columns`.
  func makeCapture(columns: Int?, _ device: Device) throws(EngineError) -> Device.Matrix {
    try device.makeMatrix(
      rows: reads.rows.count, columns: columns ?? device.columns(of: residual),
      feedsProducts: false)
  }

  /// Hands captured rows over under every name that they were asked for.
  func deliver(
    _ captured: Device.Matrix, as hooks: [HookPoint], _ device: Device,
    _ deliver: (CapturedRows) throws -> Void
  ) throws {
    let values = try device.download(captured, rows: reads.rows.count)
    let width = device.columns(of: captured)
    for hook in hooks {
      try deliver(reads.expand(values, width: width, hook: hook, sequences: sequences))
    }
  }
}
