import Checkpoints

/// How a run is cut so that it fits a memory budget; results do not depend on the cut.
///
/// A pass takes its sequences through all layers, reading each layer's weights once. Within a pass,
/// one chunk at a time goes through a layer, since queries, keys and values of only one chunk are
/// held; the residual stream of the whole pass stays in memory.
public struct RunPlan: Sendable {
  /// Passes, each as its chunks: consecutive ranges of the run's sequences.
  public let passes: [[Range<Int>]]
  /// Tokens of all sequences, before any sharing.
  public let tokenCount: Int
  /// Rows that are computed: tokens after sharing prefixes within chunks, and what interventions
  /// change.
  public let rowCount: Int
  /// Rows times the blocks that each goes through.
  public let rowSteps: Int
  /// Blocks that have to run.
  public let blockCount: Int
  /// Bytes that weights in use and rows take at most; workspaces, some MB a thread, come on top.
  public let memoryBytes: Int

  init(
    _ sequences: [TokenSequence], hooks: [HookPoint], config: ModelConfig, precision: Precision,
    weights: WeightSizes, budget: Int
  ) throws(EngineError) {
    let cost = MemoryCost(hooks: hooks, config: config, precision: precision, weights: weights)
    let available = budget - cost.fixed
    var passes: [[Range<Int>]] = []
    var passBytes = 0
    var chunkBytes = 0
    var peak = 0
    for (index, sequence) in sequences.enumerated() {
      let rows = cost.rows(of: sequence, after: index > 0 ? sequences[index - 1] : nil)
      let (held, transient) = (cost.held(rows), cost.transient(rows, sequence))
      guard held + transient <= available else {
        throw .budgetTooSmall(budget: budget, needed: cost.fixed + held + transient)
      }
      if passes.isEmpty || passBytes + held > max(available / 2, held) {
        passes.append([index..<index])
        (passBytes, chunkBytes) = (0, 0)
      } else if chunkBytes + transient > max(available / 2, transient)
        || !config.turnsAlike(sequence.tokens.count, sequences[index - 1].tokens.count)
      {
        passes[passes.count - 1].append(index..<index)
        chunkBytes = 0
      }
      passBytes += held
      chunkBytes += transient
      peak = max(peak, passBytes + chunkBytes)
      let pass = passes.count - 1
      let chunk = passes[pass].count - 1
      passes[pass][chunk] = passes[pass][chunk].lowerBound..<index + 1
    }
    self.passes = passes
    tokenCount = sequences.reduce(0) { $0 + $1.tokens.count }
    let depth = hooks.map { $0.blocksNeeded(nLayers: config.nLayers) }.max() ?? 0
    var (rowCount, rowSteps) = (0, 0)
    for chunk in passes.joined() {
      var trie = TokenTrie(sequences[chunk].map { $0.tokens[...] })
      rowSteps += trie.rowCount * depth
      let forks = Fork.grow(
        &trie, sequences: sequences[chunk], edits: sequences[chunk].map(SequenceEdits.init),
        depth: depth)
      rowSteps += forks.reduce(0) { $0 + $1.rows.count * (depth - $1.block) }
      rowCount += trie.rowCount
    }
    (self.rowCount, self.rowSteps) = (rowCount, rowSteps)
    blockCount = depth
    memoryBytes = cost.fixed + peak
  }
}

/// Bytes that a run needs; sharing of prefixes is not counted on.
struct MemoryCost {
  /// One layer's packed weights, and the packed unembedding when logits are asked for.
  let fixed: Int
  private let config: ModelConfig
  private let precision: Precision
  private let readWidth: Int

  init(hooks: [HookPoint], config: ModelConfig, precision: Precision, weights: WeightSizes) {
    fixed = max(weights.largestBlock, hooks.contains(.logits) ? weights.head : 0)
    self.config = config
    self.precision = precision
    let hooksAtOnce = Dictionary(grouping: hooks) { $0.layer ?? -1 }.values.map(\.count).max() ?? 0
    readWidth = max(hooksAtOnce * config.dModel, hooks.contains(.logits) ? config.dVocab : 0)
  }

  /// Rows that a sequence adds at most, which after the same tokens are only those it changes.
  func rows(of sequence: TokenSequence, after previous: TokenSequence?) -> Int {
    let shared = previous?.tokens == sequence.tokens ? 0 : sequence.tokens.count
    guard let edits = SequenceEdits(sequence) else { return shared }
    return shared + max(sequence.tokens.count - edits.firstPosition, 0)
  }

  /// Bytes that a sequence's rows hold through a whole pass: their residual stream.
  func held(_ rows: Int) -> Int { rows * config.dModel * 4 }

  /// Bytes of a row's keys and values in all layers.
  var cachedRow: Int {
    config.nLayers * 2 * config.nKVHeads * config.dHead * precision.byteCount
  }

  /// Bytes that a sequence needs while its chunk is in a layer; captures exist twice on their way.
  func transient(_ rows: Int, _ sequence: TokenSequence) -> Int {
    let qkvWidth = (config.nHeads + 2 * config.nKVHeads) * config.dHead
    return rows * qkvWidth * 4 + sequence.readPositions.count * readWidth * 8
  }
}
