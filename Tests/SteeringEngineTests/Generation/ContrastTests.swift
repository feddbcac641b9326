import SteeringEngine
import Testing

/// Answers whose tokens are chosen from the scores of two contexts.
@Suite struct ContrastTests {
  private let engine: SteeringEngine
  private let prompts: [TokenSequence]

  init() throws {
    engine = try Fixture.engine("heads-of-8")
    let found = steeredPrompts(of: engine, 12)
    prompts = Array(found.prefix(found.count / 2 * 2))
  }

  /// Neighbouring prompts, which differ in length and in interventions.
  private func pairs(strength: Float) -> [AnswerRequest] {
    stride(from: 0, to: prompts.count, by: 2).map {
      AnswerRequest(prompts[$0], contrastedWith: prompts[$0 + 1], strength: strength)
    }
  }

  private func answers(
    _ requests: [AnswerRequest], batchRows: Int = 128, memoryBudget: Int = .max
  ) throws -> [GeneratedText] {
    try engine.generate(
      requests, options: .greedy(12, batchRows: batchRows), memoryBudget: memoryBudget)
  }

  @Test func `tokens are those of y - a (y - y'), both contexts run anew`() throws {
    let (strength, count) = (Float(2.5), 8)
    let found = try answers(pairs(strength: strength))
    for (pair, answer) in found.enumerated() {
      var contexts = [prompts[2 * pair], prompts[2 * pair + 1]]
      for token in answer.tokens.prefix(count) {
        let scores = try contexts.map { context in
          let last = TokenSequence(
            tokens: context.tokens, readPositions: [context.tokens.count - 1],
            interventions: context.interventions)
          return try engine.capture([last], [.logits]).rows[.logits, default: []][0]
        }
        let combined = zip(scores[0], scores[1]).map { $0 - strength * ($0 - $1) }
        // Sums are rounded otherwise here, so a token that ties with the best may be another.
        let best = combined.max() ?? 0
        #expect(combined[Int(token)] >= best - 1e-4 * max(abs(best), 1))
        for place in contexts.indices { contexts[place].tokens.append(token) }
      }
    }
  }

  @Test func `strength 0 is the first context's answer, strength 1 the other's`() throws {
    let plain = try engine.answers(prompts, .greedy(12))
    let evens = stride(from: 0, to: prompts.count, by: 2)
    #expect(try answers(pairs(strength: 0)) == evens.map { plain[$0] })
    let others = try answers(pairs(strength: 1))
    #expect(others.map(\.tokens) == evens.map { plain[$0 + 1].tokens })
    #expect(try answers(pairs(strength: 2.5)) != evens.map { plain[$0] })
  }

  @Test func `neither batch, company nor memory change an answer`() throws {
    let mixed = pairs(strength: 2.5) + prompts.map(AnswerRequest.init)
    let expected = try answers(mixed)
    for rows in [1, 3, 5] {
      #expect(try answers(mixed, batchRows: rows) == expected, "\(rows) rows")
    }
    #expect(try answers(mixed, memoryBudget: 8 << 20) == expected)
    #expect(try answers(mixed.reversed()) == expected.reversed())
    #expect(try answers([mixed[3]]) == [expected[3]])
  }

  @Test func `an error names the context by its place among all`() throws {
    let empty = TokenSequence(tokens: [], readPositions: [])
    let broken = AnswerRequest(prompts[0], contrastedWith: empty, strength: 1)
    let requests = pairs(strength: 1) + [broken]
    #expect(throws: EngineError.emptySequence(sequence: prompts.count + 1)) {
      try answers(requests)
    }
  }
}
