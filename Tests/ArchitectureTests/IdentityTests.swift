import Checkpoints
import SteeringEngine
import Testing

/// A sequence's rows depend on nothing but the sequence, in models where that is easiest to miss:
/// with windows, and with angles that depend on a sequence's length.
struct IdentityTests {
  @Test("A sequence gives the same bits alone as in company", arguments: Fixture.windowed)
  func company(_ name: String) throws {
    let expected = try Expectation(name)
    let checkpoint = try Fixture.open(name)
    let together = try run(checkpoint, expected.sequences, expected.hooks)
    var apart: [HookPoint: Rows] = [:]
    for sequence in expected.sequences {
      let rows = try run(checkpoint, [sequence], expected.hooks)
      for (hook, rows) in rows {
        apart[hook, default: Rows(values: [], width: rows.width)].values += rows.values
      }
    }
    #expect(apart == together)
  }

  @Test("Neither order nor duplicates show in a sequence's bits", arguments: Fixture.windowed)
  func order(_ name: String) throws {
    let expected = try Expectation(name)
    let checkpoint = try Fixture.open(name)
    let forwards = try run(checkpoint, expected.sequences, expected.hooks)
    let backwards = try run(
      checkpoint, expected.sequences.reversed() + expected.sequences, expected.hooks)
    for (hook, rows) in forwards {
      let last = try #require(backwards[hook]).values.suffix(rows.values.count)
      #expect(Array(last) == rows.values, "\(hook)")
    }
  }

  @Test("A small memory budget and one thread give the same bits", arguments: Fixture.windowed)
  func chunks(_ name: String) throws {
    let expected = try Expectation(name)
    let checkpoint = try Fixture.open(name)
    let engine = try SteeringEngine(checkpoint: checkpoint, precision: .f32, threads: 1)
    var budget = 0
    do {
      _ = try engine.plan(expected.sequences, capturing: expected.hooks, memoryBudget: 1)
    } catch EngineError.budgetTooSmall(_, let needed) {
      budget = needed
    }
    let plan = try engine.plan(
      expected.sequences, capturing: expected.hooks, memoryBudget: budget)
    #expect(plan.passes.joined().count > 1)
    let narrow = try run(
      checkpoint, expected.sequences, expected.hooks, threads: 1, memoryBudget: budget)
    #expect(try run(checkpoint, expected.sequences, expected.hooks) == narrow)
  }

  @Test("A shared prefix turns by other angles in a longer sequence of a LongRoPE model")
  func longRope() throws {
    let expected = try Expectation("phi3_longrope")
    let found = try run(
      Fixture.open("phi3_longrope"), expected.sequences, [.embed, .residPost(0)])
    let (start, width) = (expected.sequences[0].tokens.count, 2)
    #expect(expected.sequences[0].tokens[..<width] == expected.sequences[1].tokens[..<width])
    let embed = try #require(found[.embed])
    let post = try #require(found[.residPost(0)])
    #expect(embed.row(1).elementsEqual(embed.row(start + 1)))
    #expect(!post.row(1).elementsEqual(post.row(start + 1)))
  }
}
