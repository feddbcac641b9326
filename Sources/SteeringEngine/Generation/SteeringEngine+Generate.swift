import Checkpoints

extension SteeringEngine {
  /// Generates after every sequence, each under its own interventions, as a request of its own.
  @discardableResult
  public func generate(
    _ sequences: [TokenSequence], options: GenerationOptions, memoryBudget: Int,
    isSettled: @escaping @Sendable (_ sequence: Int, _ tokens: [Int32]) -> Bool = { _, _ in false },
    shouldStop: @escaping @Sendable () -> Bool = { false },
    progress: (Double) -> Void = { _ in },
    finished: (_ sequence: Int, _ answer: GeneratedText) -> Void = { _, _ in }
  ) throws(EngineError) -> [GeneratedText] {
    try answers(
      sequences.map(AnswerRequest.init), options: options, memoryBudget: memoryBudget,
      isSettled: isSettled, shouldStop: shouldStop, progress: progress, finished: finished)
  }

  /// Generates an answer to every request, each context under its own interventions.
  ///
  /// `isSettled` is asked after every token whether a request's answer so far is enough; it is called
  /// on worker threads. `finished` gets every request's index and answer as it ends, in no
  /// particular order; `progress` the share of requests that ended, in 0...1. Read positions are
  /// ignored. Nothing of an answer depends on the other requests. Variants of the same tokens share
  /// most when they follow one another. Errors number the contexts of all requests in order.
  ///
  /// - Returns: `[request]`: the answers.
  /// - Throws: what `finished` throws as ``RunError/handler(_:)``.
  @discardableResult
  public func generate<Failure: Error>(
    _ requests: [AnswerRequest], options: GenerationOptions, memoryBudget: Int,
    isSettled: @escaping @Sendable (_ request: Int, _ tokens: [Int32]) -> Bool = { _, _ in false },
    shouldStop: @escaping @Sendable () -> Bool = { false },
    progress: (Double) -> Void = { _ in },
    finished: (_ request: Int, _ answer: GeneratedText) throws(Failure) -> Void
  ) throws(RunError<Failure>) -> [GeneratedText] {
    var handler = Handler<Failure>()
    do throws(EngineError) {
      return try answers(
        requests, options: options, memoryBudget: memoryBudget, isSettled: isSettled,
        shouldStop: shouldStop, progress: progress,
        finished: { (request, answer) throws(EngineError) in
          try handler.call { () throws(Failure) in try finished(request, answer) }
        })
    } catch {
      throw handler.error(error)
    }
  }

  /// Generates an answer to every request, and hands them out at the end.
  public func generate(
    _ requests: [AnswerRequest], options: GenerationOptions, memoryBudget: Int,
    shouldStop: @escaping @Sendable () -> Bool = { false }
  ) throws(EngineError) -> [GeneratedText] {
    try answers(
      requests, options: options, memoryBudget: memoryBudget, isSettled: { _, _ in false },
      shouldStop: shouldStop, progress: { _ in }, finished: { _, _ in })
  }

  private func answers(
    _ requests: [AnswerRequest], options: GenerationOptions, memoryBudget: Int,
    isSettled: @escaping @Sendable (_ request: Int, _ tokens: [Int32]) -> Bool,
    shouldStop: @escaping @Sendable () -> Bool, progress: (Double) -> Void,
    finished: (_ request: Int, _ answer: GeneratedText) throws(EngineError) -> Void
  ) throws(EngineError) -> [GeneratedText] {
    precondition(options.batchRows > 0, "a batch needs a row")
    precondition(requests.allSatisfy { !$0.contexts.isEmpty }, "a request needs a context")
    let contexts = RequestContexts(requests)
    try check(contexts.sequences, [], newTokens: options.maxNewTokens)
    if let full = contexts.sequences.firstIndex(where: { $0.tokens.count >= config.nCtx }) {
      throw .noRoomForAnswer(
        sequence: full, tokens: contexts.sequences[full].tokens.count, limit: config.nCtx)
    }
    guard options.maxNewTokens > 0 else {
      return requests.map { _ in GeneratedText(tokens: [], end: .length) }
    }
    turn.lock()
    defer { turn.unlock() }
    let generator = Generator(
      blocks: blocks, requests: requests, contexts: contexts, options: options,
      isSettled: isSettled, shouldStop: shouldStop)
    var answers = [GeneratedText?](repeating: nil, count: requests.count)
    var ended = 0
    for range in try cut(contexts, options: options, budget: memoryBudget) {
      try generator.run(range) { (request, answer) throws(EngineError) in
        answers[request] = answer
        ended += 1
        progress(Double(ended) / Double(requests.count))
        try finished(request, answer)
      }
    }
    return answers.compactMap { $0 }
  }

  /// Cuts requests so that their keys and values fit the budget beside the weights.
  private func cut(
    _ contexts: RequestContexts, options: GenerationOptions, budget: Int
  ) throws(EngineError) -> [Range<Int>] {
    let requests = contexts.ranges.indices
    guard !requests.isEmpty else { return [] }
    let cost = MemoryCost(
      hooks: [.logits], config: config, precision: precision, weights: blocks.sizes)
    let slots = contexts.slots(for: requests, options) * options.maxNewTokens * cost.cachedRow
    let available = budget - max(cost.fixed, min(blocks.bytes, budget / 2)) - slots
    var ranges: [Range<Int>] = []
    var bytes = 0
    for request in requests {
      let needed = contexts.ranges[request].reduce(0) { $0 + cost.bytes(of: $1, in: contexts) }
      guard needed <= available else {
        throw .budgetTooSmall(budget: budget, needed: budget - available + needed)
      }
      let turnsOn =
        request > 0
        && config.turnsAlike(
          contexts.longest(request) + options.maxNewTokens,
          contexts.longest(request - 1) + options.maxNewTokens)
      if let last = ranges.last, turnsOn, bytes + needed <= available {
        ranges[ranges.count - 1] = last.lowerBound..<request + 1
        bytes += needed
      } else {
        ranges.append(request..<request + 1)
        bytes = needed
      }
    }
    return ranges
  }
}

extension MemoryCost {
  /// Bytes for a context, whose rows after those of the context before it are its own.
  fileprivate func bytes(of context: Int, in contexts: RequestContexts) -> Int {
    let sequence = contexts.sequences[context]
    let rows = rows(of: sequence, after: context > 0 ? contexts.sequences[context - 1] : nil)
    return rows * cachedRow + held(rows) + transient(rows, sequence)
  }
}
