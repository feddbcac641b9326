import Foundation
import SteeringEngine
import Synchronization
import Testing

/// Several runs of one engine at once, which share its workers.
@Suite struct ConcurrentRunTests {
  @Test(arguments: Precision.allCases, [1, 2])
  func `runs at once give what each gives alone`(precision: Precision, threads: Int) async throws {
    let engine = try SteeringEngine(
      checkpoint: JointRowsTests.model.checkpoint(), precision: precision, threads: threads,
      weightBudget: .max)
    // Few rows go through products that all workers share, many through tiles.
    let runs = [3, 60].map { [TokenSequence].random($0, vocabulary: 320, seed: $0) }
    let hooks: [HookPoint] = [.attnOut(1), .residPost(1), .logits]
    let expected = try runs.map { try engine.capture($0, hooks) }
    let answers = try engine.answers(runs[0], .greedy(6))

    try await withThrowingTaskGroup(of: String?.self) { group in
      for round in 0..<6 {
        let which = round % 2
        group.addTask {
          expected[which].firstDifference(from: try engine.capture(runs[which], hooks))
        }
        group.addTask {
          try engine.answers(runs[0], .greedy(6)) == answers ? nil : "other answers"
        }
      }
      for try await difference in group { #expect(difference == nil) }
    }
  }

  @Test func `a run may begin within another's closures`() throws {
    let engine = try Fixture.engine("heads-of-8")
    let sequence = TokenSequence(tokens: [1, 2, 3], readPositions: [2])
    let plan = try engine.plan([sequence], capturing: [.residPost(0)], memoryBudget: .max)
    let alone = try engine.capture([sequence], engine.allHooks)
    var within: Captured?
    try engine.run([sequence], plan: plan, capturing: [.residPost(0)]) { _ in
      within = try engine.capture([sequence], engine.allHooks)
    }
    #expect(try #require(within).firstDifference(from: alone) == nil)
  }
}
