import SteeringEngine

extension SteeringEngine {
  /// Greedy tokens by running the whole growing sequence anew for each: no cache, no batch.
  ///
  /// There are fewer than `limit` where the context ends.
  func greedyWithoutCache(_ sequence: TokenSequence, limit: Int) throws -> [Int32] {
    var tokens = sequence.tokens
    while tokens.count - sequence.tokens.count < limit, tokens.count <= config.nCtx {
      let grown = TokenSequence(
        tokens: tokens, readPositions: [tokens.count - 1],
        interventions: sequence.interventions.compactMap { $0.within(tokens.count) })
      let scores = try capture([grown], [.logits]).rows[.logits, default: []][0]
      let best = scores.indices.max { (scores[$0], -$0) < (scores[$1], -$1) }
      tokens.append(Int32(best ?? 0))
    }
    return Array(tokens[sequence.tokens.count...])
  }

  func answers(
    _ sequences: [TokenSequence], _ options: GenerationOptions, memoryBudget: Int = .max
  ) throws -> [GeneratedText] {
    try generate(sequences, options: options, memoryBudget: memoryBudget)
  }
}

extension Intervention {
  /// What it does to the first `count` tokens; nil for nothing.
  fileprivate func within(_ count: Int) -> Intervention? {
    switch positions {
    case .from(let first): first < count ? self : nil
    case .only(let all):
      all.contains { $0 < count }
        ? Intervention(operation, at: hook, positions: .only(all.filter { $0 < count })) : nil
    }
  }
}

extension GenerationOptions {
  /// Greedy, without stop tokens.
  static func greedy(_ maxNewTokens: Int, batchRows: Int = 128) -> GenerationOptions {
    GenerationOptions(maxNewTokens: maxNewTokens, stopTokens: [], batchRows: batchRows)
  }
}

/// Prompts with and without interventions, some of which reach into the answer.
func steeredPrompts(of engine: SteeringEngine, _ count: Int) -> [TokenSequence] {
  var random = SeededRandom(seed: 21)
  return random.variants(of: engine, sequences: count, longest: 14).map { sequence in
    guard let first = sequence.interventions.first else { return sequence }
    let end = sequence.tokens.count - 1
    let later = Intervention(
      .add(random.floats(engine.config.dModel), coefficient: 1.5), at: .residPost(0),
      positions: .from(end + Int.random(in: 0...1, using: &random)))
    return sequence.changed(by: [first, later])
  }
}
