import SteeringEngine
import Synchronization
import Testing

/// When answers end, and who is told.
@Suite struct EndTests {
  private let engine: SteeringEngine
  private let prompts: [TokenSequence]
  private let answers: [[Int32]]

  init() throws {
    engine = try Fixture.engine("heads-of-8")
    prompts = steeredPrompts(of: engine, 10)
    answers = try engine.answers(prompts, .greedy(15)).map(\.tokens)
  }

  @Test func `a stop token ends an answer and is no part of it`() throws {
    let stops: Set<Int32> = [answers[0][0], answers[1][4], answers[2][9]]
    var options = GenerationOptions.greedy(15)
    options.stopTokens = stops
    let found = try engine.answers(prompts, options)
    #expect(found[0] == GeneratedText(tokens: [], end: .stopToken(answers[0][0])))
    for (answer, full) in zip(found, answers) {
      let end = full.firstIndex(where: stops.contains)
      #expect(answer.tokens == Array(full[..<(end ?? full.count)]))
      #expect(answer.end == (end.map { .stopToken(full[$0]) } ?? .length))
    }
  }

  @Test func `a judge that has seen enough ends an answer`() throws {
    let seen = Mutex<[Int: [[Int32]]]>([:])
    let found = try engine.generate(
      prompts, options: .greedy(15), memoryBudget: .max,
      isSettled: { sequence, tokens in
        seen.withLock { $0[sequence, default: []].append(tokens) }
        return sequence % 2 == 0 && tokens.count == 3
      })
    for (index, answer) in found.enumerated() {
      let isSettled = index % 2 == 0
      #expect(answer.tokens == Array(answers[index].prefix(isSettled ? 3 : 15)))
      #expect(answer.end == (isSettled ? .settled : .length))
      let asked = seen.withLock { $0[index, default: []] }
      #expect(asked.prefix(3) == [1, 2, 3].map { Array(answers[index].prefix($0)) }[...])
    }
  }

  @Test func `the context's end ends an answer`() throws {
    let long = TokenSequence(
      tokens: (0..<250).map { Int32($0 % 60) }, readPositions: [])
    let found = try engine.answers([long, prompts[0]], .greedy(40))
    #expect(found.map(\.end) == [.length, .length])
    #expect(found[1].tokens.count == 40, "another prompt's answer goes on")
    // The last token need not be read itself, so it may lie after the context's end.
    #expect((6...7).contains(found[0].tokens.count))
    let expected = try engine.greedyWithoutCache(long, limit: 40)
    #expect(found[0].tokens == Array(expected.prefix(found[0].tokens.count)))
  }

  @Test func `every answer is handed over once, as it is returned`() throws {
    var handed: [Int: GeneratedText] = [:]
    var shares: [Double] = []
    let found = try engine.generate(
      prompts, options: .greedy(15, batchRows: 4), memoryBudget: .max,
      progress: { shares.append($0) },
      finished: { index, answer in
        #expect(handed[index] == nil)
        handed[index] = answer
      })
    #expect(found == prompts.indices.compactMap { handed[$0] })
    #expect(zip(shares, shares.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(shares.last == 1)
  }

  @Test func `an error of the receiver ends generation and comes back as it is`() {
    struct DiskFull: Error, Equatable {}
    #expect(throws: RunError.handler(DiskFull())) {
      try engine.generate(
        prompts.map(AnswerRequest.init), options: .greedy(15), memoryBudget: .max
      ) { (_, _) throws(DiskFull) in throw DiskFull() }
    }
  }

  @Test func `generation can be interrupted`() throws {
    #expect(throws: EngineError.interrupted) {
      try engine.generate(
        prompts, options: .greedy(15), memoryBudget: .max, shouldStop: { true })
    }
    #expect(try engine.answers(prompts, .greedy(15)).map(\.tokens) == answers)
  }

  @Test func `no prompts are fine, a prompt that cannot be run is not`() throws {
    #expect(try engine.answers([], .greedy(3)).isEmpty)
    #expect(throws: EngineError.emptySequence(sequence: 1)) {
      try engine.answers([prompts[0], TokenSequence(tokens: [], readPositions: [])], .greedy(3))
    }
    #expect(throws: EngineError.unknownToken(sequence: 0, token: 64, vocabulary: 64)) {
      try engine.answers([TokenSequence(tokens: [64], readPositions: [])], .greedy(3))
    }
    let full = TokenSequence(tokens: .init(repeating: 5, count: 256), readPositions: [])
    #expect(throws: EngineError.noRoomForAnswer(sequence: 1, tokens: 256, limit: 256)) {
      try engine.answers([prompts[0], full], .greedy(3))
    }
  }
}
