import Checkpoints
import SteeringEngine
import Testing

/// Interventions do what forward hooks in Hugging Face transformers do.
struct InterventionParityTests {
  @Test(
    "All interventions in one run give the numbers of transformers",
    arguments: InterventionExpectation.models)
  func together(_ name: String) throws {
    let expected = try InterventionExpectation(name)
    let sequences = [[]] + expected.cases.map(\.interventions)
    let found = try read(name, expected.tokens, sequences)
    for (index, one) in expected.cases.enumerated() {
      expectParity(found[index + 1], one)
    }
  }

  @Test(
    "An intervention in a run of its own gives the numbers of transformers",
    arguments: InterventionExpectation.models)
  func alone(_ name: String) throws {
    let expected = try InterventionExpectation(name)
    for one in expected.cases {
      expectParity(try read(name, expected.tokens, [one.interventions])[0], one)
    }
  }

  @Test("The row that a sequence without interventions gets in their company is its own")
  func company() throws {
    let expected = try InterventionExpectation("gemma2")
    let found = try read(
      "gemma2", expected.tokens, [[]] + expected.cases.map(\.interventions))
    #expect(found[0] == (try read("gemma2", expected.tokens, [[]])[0]))
  }

  private struct Found: Equatable {
    var residPost: Rows
    var logits: Rows
  }

  /// The last block's rows and the logits of the same tokens under each list of interventions.
  private func read(
    _ name: String, _ tokens: [Int32], _ lists: [[Intervention]]
  ) throws -> [Found] {
    let checkpoint = try Fixture.open(name)
    let last = HookPoint.residPost(checkpoint.config.nLayers - 1)
    let sequences = lists.map {
      TokenSequence(tokens: tokens, readPositions: Array(tokens.indices), interventions: $0)
    }
    let rows = try run(checkpoint, sequences, [last, .logits])
    let residPost = try #require(rows[last])
    let logits = try #require(rows[.logits])
    return lists.indices.map { index in
      let range = index * tokens.count..<(index + 1) * tokens.count
      return Found(residPost: residPost.rows(range), logits: logits.rows(range))
    }
  }

  private func expectParity(
    _ found: Found, _ expected: InterventionExpectation.Case,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let stream = found.residPost.distance(to: expected.residPost)
    let logits = found.logits.distance(to: expected.logits)
    #expect(stream <= tolerance, "resid_post: \(expected.name)", sourceLocation: sourceLocation)
    #expect(logits <= tolerance, "logits: \(expected.name)", sourceLocation: sourceLocation)
  }
}

/// Answers are those of Hugging Face's own loop under the same hooks.
struct GenerationParityTests {
  @Test("Greedy answers are those of transformers", arguments: InterventionExpectation.models)
  func greedy(_ name: String) throws {
    let expected = try InterventionExpectation(name)
    let engine = try SteeringEngine(checkpoint: Fixture.open(name), precision: .f32, threads: 2)
    for penalty in Set(expected.answers.map(\.repetitionPenalty)) {
      let chosen = expected.answers.filter { $0.repetitionPenalty == penalty }
      let options = GenerationOptions(
        maxNewTokens: chosen[0].tokens.count, repetitionPenalty: penalty, stopTokens: [])
      let found = try engine.generate(
        chosen.map(\.prompt), options: options, memoryBudget: .max)
      #expect(found.map(\.tokens) == chosen.map(\.tokens), "repetition penalty \(penalty)")
      #expect(found.allSatisfy { $0.end == .length })
    }
  }
}
