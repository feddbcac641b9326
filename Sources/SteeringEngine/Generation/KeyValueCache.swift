/// Keys and values of all layers, for the rows of prompts and the rows of answers after them.
struct KeyValueCache<Device: Backend>: Sendable {
  /// [layer]: `[row, 2 nKVHeads · dHead]`.
  private let layers: [Device.Matrix]
  private let heads: HeadLayout
  private let device: Device

  init(rows: Int, layers: Int, heads: HeadLayout, device: Device) throws(EngineError) {
    var matrices: [Device.Matrix] = []
    for _ in 0..<layers {
      matrices.append(try device.makeCache(rows: rows, heads: heads))
    }
    self.layers = matrices
    self.heads = heads
    self.device = device
  }

  /// What attention reads at a layer.
  func keysValues(at layer: Int) -> KeysValues<Device.Matrix> {
    KeysValues(matrix: layers[layer], column: 0, isCold: true)
  }

  /// Keeps the keys and values that a chunk's rows have in `qkv`.
  ///
  /// Rows that have not left the baseline yet get the baseline's.
  func store(
    _ chunk: Chunk<Device>, qkv: Device.Matrix, at layer: Int,
    shouldStop: @escaping @Sendable () -> Bool
  ) throws(EngineError) {
    let cache = layers[layer]
    let count = chunk.live.count
    try device.forEachTile(of: count, shouldStop: shouldStop) { lane, tile in
      store(rows: tile, of: qkv, at: layer, in: chunk.live[tile], lane: lane)
    }
    for fork in chunk.forks where fork.block > layer {
      let pairs = zip(fork.baseline, fork.rows).map { (from: Int($0), to: $1) }
      device.copyKeysValues(pairs, of: Rows(qkv, 0..<count), heads: heads, to: cache, lane: 0)
    }
  }

  /// Keeps the keys and values of `rows` of `qkv` in the cache's rows `numbers`.
  func store(
    rows: Range<Int>, of qkv: Device.Matrix, at layer: Int, in numbers: ArraySlice<Int32>,
    lane: Int
  ) {
    let pairs = numbers.enumerated().map { (from: $0, to: Int($1)) }
    device.copyKeysValues(
      pairs, of: Rows(qkv, rows), heads: heads, to: layers[layer], lane: lane)
  }
}
