import SteeringEngine
import Testing

/// Greedy answers and what they must not depend on.
@Suite struct GreedyTests {
  @Test(arguments: Setup.all)
  func `a cache gives the tokens of running everything anew`(setup: Setup) throws {
    let engine = try setup.engine()
    let prompts = steeredPrompts(of: engine, 8)
    #expect(prompts.contains { !$0.interventions.isEmpty })
    let found = try engine.answers(prompts, .greedy(10))
    for (prompt, answer) in zip(prompts, found) {
      #expect(answer.tokens == (try engine.greedyWithoutCache(prompt, limit: 10)))
      #expect(answer.end == .length)
    }
  }

  @Test(arguments: Setup.all)
  func `neither batch, order, company, threads nor memory change an answer`(setup: Setup) throws {
    let engine = try setup.engine()
    let prompts = steeredPrompts(of: engine, 30)
    let expected = try engine.answers(prompts, .greedy(12))
    #expect(Set(expected.map(\.tokens)).count > 20)
    for rows in [1, 3, 17] {
      #expect(try engine.answers(prompts, .greedy(12, batchRows: rows)) == expected, "\(rows) rows")
    }
    #expect(try engine.answers(prompts.reversed(), .greedy(12)) == expected.reversed())
    for index in stride(from: 0, to: prompts.count, by: 9) {
      #expect(try engine.answers([prompts[index]], .greedy(12)) == [expected[index]])
    }
    for threads in [1, 3] {
      #expect(try setup.engine(threads: threads).answers(prompts, .greedy(12)) == expected)
    }
    #expect(try engine.answers(prompts, .greedy(12), memoryBudget: 8 << 20) == expected)
  }

  @Test func `an answer is the start of a longer one`() throws {
    let engine = try Fixture.engine("heads-of-8")
    let prompts = steeredPrompts(of: engine, 6)
    let long = try engine.answers(prompts, .greedy(20)).map(\.tokens)
    let short = try engine.answers(prompts, .greedy(5)).map(\.tokens)
    #expect(short == long.map { Array($0.prefix(5)) })
  }

  @Test func `interventions that change nothing change no answer`() throws {
    let engine = try Fixture.engine("heads-of-8")
    let tokens: [Int32] = [4, 8, 15, 16, 23, 42]
    let plain = try engine.answers([TokenSequence(tokens: tokens, readPositions: [])], .greedy(12))
    for (name, interventions) in NeutralInterventionTests.neutral {
      let same = TokenSequence(tokens: tokens, readPositions: [], interventions: interventions)
      // What lies after the prompt's end reaches the answer.
      if name == "positions after the end" { continue }
      #expect(try engine.answers([same], .greedy(12)) == plain, "\(name)")
    }
  }

  @Test func `generated tokens alone are changed where interventions begin after the prompt`()
    throws
  {
    let engine = try Fixture.engine("heads-of-8")
    var random = SeededRandom(seed: 8)
    let v = random.floats(engine.config.dModel)
    let prompt = TokenSequence(tokens: [4, 8, 15, 16, 23, 42], readPositions: [])
    let steered = prompt.changed(by: [
      Intervention(.add(v, coefficient: 20), at: .residPost(2), positions: .from(6))
    ])
    let found = try engine.answers([prompt, steered], .greedy(12)).map(\.tokens)
    // The row at position 6 is that of the first new token, so the second is the first to differ.
    #expect(found[0][0] == found[1][0])
    #expect(found[0] != found[1])
    #expect(found[1] == (try engine.greedyWithoutCache(steered, limit: 12)))
  }

  @Test(arguments: [.from(9), .only([7]), .only([8, 10])] as [Intervention.Positions])
  func `interventions begin and end within an answer`(positions: Intervention.Positions) throws {
    let engine = try Fixture.engine("heads-of-8")
    var random = SeededRandom(seed: 8)
    let v = random.floats(engine.config.dModel)
    let prompt = TokenSequence(tokens: [4, 8, 15, 16, 23, 42], readPositions: [])
    let steered = prompt.changed(by: [
      Intervention(.add(v, coefficient: 20), at: .residPost(2), positions: positions)
    ])
    let found = try engine.answers([prompt, steered], .greedy(12)).map(\.tokens)
    #expect(found[0] != found[1])
    #expect(found[1] == (try engine.greedyWithoutCache(steered, limit: 12)))
  }
}
