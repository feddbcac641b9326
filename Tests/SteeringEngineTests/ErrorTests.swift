import Checkpoints
import SteeringEngine
import Synchronization
import Testing

@Suite struct ErrorTests {
  private let fine = TokenSequence(tokens: [1, 2, 3], readPositions: [0, 2])

  private func plan(
    _ sequences: [TokenSequence], _ hooks: [HookPoint] = [.residPost(0)], budget: Int = .max
  ) throws {
    _ = try Fixture.engine("heads-of-8").plan(sequences, capturing: hooks, memoryBudget: budget)
  }

  @Test func `a sequence without tokens is refused`() {
    #expect(throws: EngineError.emptySequence(sequence: 1)) {
      try plan([fine, TokenSequence(tokens: [], readPositions: [])])
    }
  }

  @Test(arguments: [-1, 64, Int32.max, Int32.min])
  func `a token outside the vocabulary is refused`(token: Int32) {
    #expect(throws: EngineError.unknownToken(sequence: 2, token: token, vocabulary: 64)) {
      try plan([fine, fine, TokenSequence(tokens: [63, 0, token], readPositions: [])])
    }
  }

  @Test(arguments: [-1, 3, Int.max, Int.min])
  func `a position outside the sequence is refused`(position: Int) {
    #expect(throws: EngineError.noSuchPosition(sequence: 0, position: position, tokens: 3)) {
      try plan([TokenSequence(tokens: [1, 2, 3], readPositions: [0, position])])
    }
  }

  @Test(arguments: [HookPoint.residPost(3), .residPre(3), .attnOut(-1), .mlpOut(.max)])
  func `a block that the model does not have is refused`(hook: HookPoint) {
    #expect(throws: EngineError.noSuchLayer(hook, nLayers: 3)) { try plan([fine], [.embed, hook]) }
  }

  @Test func `a sequence longer than the context is refused, one as long is not`() throws {
    let longest = TokenSequence(tokens: .init(repeating: 5, count: 256), readPositions: [255])
    try plan([longest])
    let longer = TokenSequence(tokens: longest.tokens + [5], readPositions: [])
    #expect(throws: EngineError.sequenceTooLong(sequence: 1, tokens: 257, limit: 256)) {
      try plan([longest, longer])
    }
  }

  @Test func `a run checks its sequences even with another run's plan`() throws {
    let engine = try Fixture.engine("heads-of-8")
    let plan = try engine.plan([fine], capturing: [.embed], memoryBudget: .max)
    let unknown = TokenSequence(tokens: [64], readPositions: [])
    #expect(throws: EngineError.unknownToken(sequence: 0, token: 64, vocabulary: 64)) {
      try engine.run([unknown], plan: plan, capturing: [.embed]) { _ in }
    }
  }

  @Test func `a budget below what one prompt needs is refused and told what it needs`() throws {
    let engine = try Fixture.engine("heads-of-16")
    let long = TokenSequence(
      tokens: .init(repeating: 5, count: 256), readPositions: (0..<1024).map { $0 % 256 })
    let enough = try engine.plan([long], capturing: engine.allHooks, memoryBudget: .max).memoryBytes
    #expect(enough > 1 << 20)
    _ = try engine.plan([fine, long], capturing: engine.allHooks, memoryBudget: enough)
    let error = EngineError.budgetTooSmall(budget: enough - 1, needed: enough)
    #expect(throws: error) {
      try engine.plan([fine, long], capturing: engine.allHooks, memoryBudget: enough - 1)
    }
    #expect(error.description.contains("--memory-budget \((enough >> 20) + 1)M"))
    for budget in [0, -1, Int.min / 2] {
      #expect(throws: EngineError.budgetTooSmall(budget: budget, needed: enough)) {
        try engine.plan([long], capturing: engine.allHooks, memoryBudget: budget)
      }
    }
  }

  @Test(arguments: [0, 1, 2, 5, 9])
  func `a run can be interrupted between tiles`(tilesBefore: Int) throws {
    let engine = try Fixture.engine("heads-of-8")
    let sequences = [TokenSequence].random(120, vocabulary: 64, seed: 31)
    let plan = try engine.plan(sequences, capturing: [.residPost(2)], memoryBudget: .max)
    let asked = Mutex(0)
    #expect(throws: EngineError.interrupted) {
      try engine.run(
        sequences, plan: plan, capturing: [.residPost(2)],
        shouldStop: {
          asked.withLock { count in
            count += 1
            return count > tilesBefore
          }
        }
      ) { _ in Issue.record("an interrupted layer was delivered") }
    }
    let after = try engine.capture(sequences, [.residPost(2)])
    let fresh = try Fixture.engine("heads-of-8").capture(sequences, [.residPost(2)])
    #expect(after.firstDifference(from: fresh) == nil, "the engine is usable afterwards")
  }

  @Test func `an error of the receiver ends the run and comes back as it is`() throws {
    struct DiskFull: Error, Equatable {}
    let engine = try Fixture.engine("heads-of-8")
    let plan = try engine.plan([fine], capturing: engine.allHooks, memoryBudget: .max)
    var deliveries = 0
    #expect(throws: RunError.handler(DiskFull())) {
      try engine.run([fine], plan: plan, capturing: engine.allHooks) { (_) throws(DiskFull) in
        deliveries += 1
        throw DiskFull()
      }
    }
    #expect(deliveries == 1)
  }

  @Test func `every message is one sentence that says what to do`() {
    let errors: [(EngineError, [String])] = [
      (.emptySequence(sequence: 4), ["4", "remove"]),
      (.sequenceTooLong(sequence: 4, tokens: 300, limit: 256), ["4", "300", "256", "shorten"]),
      (.unknownToken(sequence: 4, token: 99, vocabulary: 64), ["4", "99", "64", "tokenizer"]),
      (.noSuchPosition(sequence: 4, position: 9, tokens: 3), ["4", "9", "3"]),
      (.noSuchLayer(.residPost(30), nLayers: 30), ["blocks.30.hook_resid_post", "0 to 29"]),
      (.nonFinite(.mlpOut(2), sequence: 4, position: 7), ["blocks.2.hook_mlp_out", "4", "7"]),
      (.budgetTooSmall(budget: 1 << 30, needed: 3 << 30), ["--memory-budget 3073M"]),
      (.noInstructionSet("avx9", available: [.avx2, .avx512]), ["avx9", "avx2, avx512"]),
      (.noInstructionSet(nil, available: []), ["AVX2", "x86-64-v3"]),
      (.outOfMemory(purpose: "weights", bytes: 5 << 20), ["weights", "6 MiB", "--memory-budget"]),
    ]
    for (error, parts) in errors {
      for part in parts { #expect(error.description.contains(part), "\(error)") }
      #expect(!error.description.contains("\n"))
    }
  }
}
