import Analysis
import ModelLibrary
import Testing

@Suite("Speed of answers")
struct DecodeSpeedTests {
  private let fixture: CapabilityFixture

  init() throws { fixture = try CapabilityFixture() }

  private func findings(rows: [Int], rule: SteeringRule?) throws -> SpeedFindings {
    try DecodeSpeed(
      model: fixture.model, engine: fixture.engine, rule: rule,
      request: DecodeSpeed.Request(
        rows: rows, rounds: 3, newTokens: 5, format: PromptFormat()), memoryBudget: .max / 4
    ).run(fixture.sweep.prompts)
  }

  @Test("Variants take turns, and every answer has all its tokens")
  func turns() throws {
    let found = try findings(rows: [1, 4], rule: fixture.rule())
    #expect(found.runs.map(\.variant) == [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1])
    #expect(found.runs.map(\.round) == [0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2])
    for run in found.runs {
      #expect(run.figures.tokens == 5 * run.rows && run.figures.answers == run.rows)
      #expect(run.figures.promptSeconds > 0 && run.figures.decodeSeconds > 0)
      #expect(run.figures.peakBytes > 1_000_000)
    }
    for rows in [1, 4] {
      for variant in [0, 1] {
        #expect(found.median(rows: rows, variant: variant, \.decodeRate) > 0)
      }
    }
  }

  @Test("Without a rule there is one variant, and the median is the middle round's")
  func plain() throws {
    let found = try findings(rows: [1], rule: nil)
    #expect(found.variants == ["unsteered"] && found.runs.count == 3)
    let rates = found.runs.map(\.figures.wholeRate).sorted()
    #expect(found.median(rows: 1, variant: 0, \.wholeRate) == rates[1])
  }
}
