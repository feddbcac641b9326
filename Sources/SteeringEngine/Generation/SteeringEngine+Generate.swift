import Checkpoints

extension SteeringEngine {
  /// Generates after every sequence, each under its own interventions.
  ///
  /// `isSettled` is asked after every token of a sequence whether its answer so far is enough; it is
  /// called on worker threads. `finished` gets every sequence's index and answer as it ends, in no
  /// particular order; `progress` the share of sequences that ended, in 0...1. Read positions are
  /// ignored. Nothing of an answer depends on the other sequences. Variants of the same tokens share
  /// most when they follow one another.
  ///
  /// - Returns: `[sequence]`: the answers.
  /// - Throws: ``EngineError``, or what `finished` throws.
  @discardableResult
  public func generate(
    _ sequences: [TokenSequence], options: GenerationOptions, memoryBudget: Int,
    isSettled: @escaping @Sendable (_ sequence: Int, _ tokens: [Int32]) -> Bool = { _, _ in false },
    shouldStop: @escaping @Sendable () -> Bool = { false },
    progress: (Double) -> Void = { _ in },
    finished: (_ sequence: Int, _ answer: GeneratedText) throws -> Void = { _, _ in }
  ) throws -> [GeneratedText] {
    precondition(options.batchRows > 0, "a batch needs a row")
    let prompts = sequences.map { sequence in
      var prompt = sequence
      prompt.readPositions = [max(sequence.tokens.count - 1, 0)]
      return prompt
    }
    try check(prompts, [], newTokens: options.maxNewTokens)
    if let full = prompts.firstIndex(where: { $0.tokens.count >= config.nCtx }) {
      throw EngineError.noRoomForAnswer(
        sequence: full, tokens: prompts[full].tokens.count, limit: config.nCtx)
    }
    guard options.maxNewTokens > 0 else {
      return sequences.map { _ in GeneratedText(tokens: [], end: .length) }
    }
    let generator = Generator(
      blocks: blocks, options: options, isSettled: isSettled, shouldStop: shouldStop)
    var answers = [GeneratedText?](repeating: nil, count: sequences.count)
    var ended = 0
    for range in try cut(prompts, options: options, budget: memoryBudget) {
      try generator.run(prompts, range) { sequence, answer in
        answers[sequence] = answer
        ended += 1
        progress(Double(ended) / Double(sequences.count))
        try finished(sequence, answer)
      }
    }
    return answers.compactMap { $0 }
  }

  /// Cuts sequences so that their keys and values fit the budget beside the weights.
  private func cut(
    _ sequences: [TokenSequence], options: GenerationOptions, budget: Int
  ) throws(EngineError) -> [Range<Int>] {
    let cost = MemoryCost(hooks: [.logits], config: config, precision: precision)
    let rowBytes = cost.cachedRow
    let slots = min(options.batchRows, sequences.count) * options.maxNewTokens * rowBytes
    let available = budget - max(cost.fixed, min(blocks.bytes, budget / 2)) - slots
    var ranges: [Range<Int>] = []
    var bytes = 0
    for (index, sequence) in sequences.enumerated() {
      let rows = cost.rows(of: sequence, after: index > 0 ? sequences[index - 1] : nil)
      let needed = rows * rowBytes + cost.held(rows) + cost.transient(rows, sequence)
      guard needed <= available else {
        throw .budgetTooSmall(budget: budget, needed: budget - available + needed)
      }
      let turnsOn =
        index > 0
        && config.turnsAlike(
          sequence.tokens.count + options.maxNewTokens,
          sequences[index - 1].tokens.count + options.maxNewTokens)
      if let last = ranges.last, turnsOn, bytes + needed <= available {
        ranges[ranges.count - 1] = last.lowerBound..<index + 1
        bytes += needed
      } else {
        ranges.append(index..<index + 1)
        bytes = needed
      }
    }
    return ranges
  }
}
