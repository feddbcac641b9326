import ActivationStore
import Foundation

/// What the hidden states of prompts say as tokens, layer by layer.
public struct StateLens: Sendable {
  /// The lens of one row.
  public struct Row: Hashable, Sendable {
    /// Highest score first.
    public var top: [TokenScore]
    /// Of the tokens that were asked for, in their order.
    public var standings: [TokenStanding]
    /// log Σ exp(score) over the vocabulary.
    public var logSum: Double
    /// In nats.
    public var entropy: Double
    /// KL(model's own output at this position || lens) in nats; nil where it was not asked for.
    public var divergence: Double?

    /// The softmax over the vocabulary, at a token of this score.
    public func probability(of score: Float) -> Double { exp(Double(score) - logSum) }
  }

  /// The block indices, ascending.
  public var layers: [Int]
  /// The positions' names; empty where every token was read.
  public var positionNames: [String]
  public var prompts: [StoredPrompt]
  /// `[prompt][layer][position]`.
  public var readings: [[[Row]]]
}

extension LogitLens {
  /// Bytes of the model's own output, and of hidden states, that a batch of prompts may hold.
  private static let batchBytes = 256 << 20

  /// Reads the states of `source` at `layers`, all where that is nil.
  ///
  /// With `comparingToOutput`, each reading has the KL divergence from the model's own output at its
  /// position, which is the last block's `resid_post` through final norm and unembedding.
  public func read(
    _ source: some StateSource, layers: [Int]?, comparingToOutput: Bool,
    shouldStop: @escaping @Sendable () -> Bool = { false }, progress: (Double) -> Void = { _ in }
  ) throws(AnalysisError) -> StateLens {
    let last = engine.config.nLayers - 1
    let layers = try self.layers(layers, of: source)
    if comparingToOutput, !source.layers.contains(last) {
      throw .lens(.noLastLayer(source: source.name, layer: last))
    }
    var readings: [[[StateLens.Row]]] = []
    let count = source.prompts.count
    let wanted = comparingToOutput ? Set(layers + [last]).sorted() : layers
    for batch in batches(of: source.prompts, layerCount: wanted.count) {
      // Unembedding a batch is taken to last as long as getting its states.
      let states = try source.states(
        of: batch, layers: wanted, shouldStop: shouldStop,
        progress: { share in
          progress((Double(batch.lowerBound) + share * Double(batch.count) / 2) / Double(count))
        })
      let outputs = comparingToOutput ? try self.outputs(states.last ?? [], shouldStop) : []
      readings += try read(
        zip(wanted, states).filter { layers.contains($0.0) }, outputs: outputs,
        of: source.prompts[batch], shouldStop: shouldStop)
      progress(Double(batch.upperBound) / Double(count))
    }
    return StateLens(
      layers: layers, positionNames: source.positionNames, prompts: source.prompts,
      readings: readings)
  }

  private func layers(
    _ wanted: [Int]?, of source: some StateSource
  ) throws(AnalysisError) -> [Int] {
    let layers = wanted.map { Set($0).sorted() } ?? source.layers
    let nLayers = engine.config.nLayers
    if let wrong = layers.first(where: { !(0..<nLayers).contains($0) }) {
      throw .noSuchLayer(wrong, nLayers: nLayers)
    }
    if let missing = layers.first(where: { !source.layers.contains($0) }) {
      throw .lens(.notStored(path: source.name, layer: missing, stored: source.layers))
    }
    return layers
  }

  /// Consecutive prompts whose states and outputs fit the memory that a batch may take.
  private func batches(of prompts: [StoredPrompt], layerCount: Int) -> [Range<Int>] {
    let config = engine.config
    let bytes = max(
      config.dVocab * MemoryLayout<Double>.size,
      layerCount * config.dModel * MemoryLayout<Float>.size)
    var batches: [Range<Int>] = []
    var (start, rows) = (0, 0)
    for (index, prompt) in prompts.enumerated() {
      if index > start, (rows + prompt.positionTokens.count) * bytes > Self.batchBytes {
        batches.append(start..<index)
        (start, rows) = (index, 0)
      }
      rows += prompt.positionTokens.count
    }
    return batches + [start..<prompts.count]
  }

  private func outputs(
    _ states: [Float], _ shouldStop: @escaping @Sendable () -> Bool
  ) throws(AnalysisError) -> [ModelOutput] {
    try reduce(
      states, applyingFinalNorm: true, shouldStop: shouldStop, name: { _ in "the last layer" }
    ) { _, scores in ModelOutput(scores, logSum: scores.logSum) }
  }

  /// `[prompt][layer][position]` of a batch of prompts; `states` is `[layer][row, dModel]`.
  private func read(
    _ states: [(layer: Int, rows: [Float])], outputs: [ModelOutput],
    of prompts: ArraySlice<StoredPrompt>, shouldStop: @escaping @Sendable () -> Bool
  ) throws(AnalysisError) -> [[[StateLens.Row]]] {
    let request = self.request
    let count = prompts.reduce(0) { $0 + $1.positionTokens.count }
    let found = try reduce(
      states.flatMap(\.rows), applyingFinalNorm: request.applyingFinalNorm,
      shouldStop: shouldStop, name: { "layer \(states[$0 / count].layer)" }
    ) { row, scores in
      let logSum = scores.logSum
      return StateLens.Row(
        top: scores.highest(request.top), standings: request.tokens.map(scores.standing(of:)),
        logSum: logSum, entropy: scores.entropy(logSum: logSum),
        divergence: outputs.isEmpty
          ? nil
          : outputs[row % count].divergence(of: scores, logSum: logSum))
    }
    var start = 0
    return prompts.map { prompt in
      defer { start += prompt.positionTokens.count }
      return states.indices.map { layer in
        Array(found[layer * count + start..<layer * count + start + prompt.positionTokens.count])
      }
    }
  }
}
