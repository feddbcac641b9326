import Analysis
import Foundation
import SteeringEngine
import Testing

@Suite("A sweep over layers")
struct LayerSweepTests {
  private typealias Point = AblationPoint

  @Test("Odds and divergences are those of two softmaxes written out")
  func naive() throws {
    var fixture = try SweepFixture()
    fixture.answerTokens = nil
    let point = Point(mode: .steer, window: SweepFixture.window(0, 1), alpha: 2, sign: -1)
    let found = try fixture.measure([point])
    let outcome = try #require(found.outcomes[0])
    let model = fixture.lens.model
    let encoder = try PromptEncoderFixture(model)
    for (index, prompt) in fixture.prompts.enumerated() {
      let tokens = try encoder.tokens(prompt.text)
      let interventions = (0...1).compactMap { layer in
        fixture.vectors.vector(atLayer: layer).map {
          Intervention(
            .add($0, coefficient: -2), at: .residPost(layer), positions: .from(tokens.count - 1))
        }
      }
      let (before, after) = (
        softmax(try scores(fixture, tokens, [])),
        softmax(try scores(fixture, tokens, interventions))
      )
      let refusals = found.refusalTokenIDs
      let odds = { (p: [Double]) in
        let refusing = refusals.reduce(0) { $0 + p[$1] }
        return log(refusing) - log(1 - refusing)
      }
      let kl = zip(before, after).reduce(0) { $0 + $1.0 * log($1.0 / $1.1) }
      #expect(abs(outcome.refusalLogOdds[index] - odds(after)) < 1e-5)
      #expect(abs(outcome.divergences[index] - kl) < 1e-5)
      let baseline = try #require(found.baseline)
      #expect(abs(baseline.refusalLogOdds[index] - odds(before)) < 1e-5)
      #expect(baseline.divergences[index] == 0)
    }
  }

  private func scores(
    _ fixture: SweepFixture, _ tokens: [Int32], _ interventions: [Intervention]
  ) throws -> [Double] {
    try fixture.lens.engine.logits(
      TokenSequence(
        tokens: tokens, readPositions: [tokens.count - 1], interventions: interventions))
  }

  @Test("Alpha 0 is the unablated model, bit for bit")
  func neutral() throws {
    let fixture = try SweepFixture()
    let found = try fixture.measure(
      AblationPoint.grid(
        modes: [.steer], windows: [SweepFixture.window(0, 1)], alphas: [0], signs: [1, -1]))
    #expect(found.outcomes == [found.baseline, found.baseline])
  }

  @Test("Zero of attention and MLP is skipping the block, bit for bit")
  func skipping() throws {
    let fixture = try SweepFixture()
    let window = SweepFixture.window(1, 1)
    let found = try fixture.measure([
      Point(mode: .zero, window: window), Point(mode: .skip, window: window),
    ])
    #expect(found.outcomes[0] == found.outcomes[1])
    #expect(found.outcomes[0] != found.baseline)
  }

  @Test("The mean over one prompt is the prompt's own")
  func meanOfOne() throws {
    var fixture = try SweepFixture()
    fixture.prompts = [fixture.prompts[0]]
    let point = Point(mode: .mean, window: SweepFixture.window(0, 1))
    let alone = try fixture.measure([point])
    #expect(alone.outcomes[0] == alone.baseline)
    let several = try SweepFixture().measure([point])
    #expect(several.outcomes[0] != several.baseline)
  }

  @Test("What is measured of a point does not depend on the other points, nor on the memory")
  func company() throws {
    var fixture = try SweepFixture()
    fixture.answerTokens = 4
    let points = fixture.allPoints
    let together = try fixture.measure(points)
    #expect(together.isFinished && points.count == 24)
    for index in stride(from: 0, to: points.count, by: 5) {
      let alone = try fixture.measure([points[index]])
      #expect(alone.outcomes[0] == together.outcomes[index], "point \(index)")
      #expect(alone.baseline == together.baseline)
    }
    let narrow = try fixture.sweep(points, memoryBudget: 1 << 20)
    #expect(try narrow.run(from: narrow.empty()) == together)
  }

  @Test("Changing all positions is another experiment than changing the end")
  func positions() throws {
    var fixture = try SweepFixture()
    let points = [Point(mode: .steer, window: SweepFixture.window(0, 0), alpha: 1, sign: 1)]
    let end = try fixture.measure(points)
    fixture.positions = .all
    let all = try fixture.measure(points)
    #expect(all.outcomes != end.outcomes && all.baseline == end.baseline)
  }

  @Test("A sweep goes on with the points that are missing")
  func resuming() throws {
    let fixture = try SweepFixture()
    let points = fixture.allPoints
    let whole = try fixture.measure(points)
    var partial = whole
    for index in [0, 7, 23] { partial.outcomes[index] = nil }
    let sweep = try fixture.sweep(points)
    var commits = 0
    let resumed = try sweep.run(from: partial, commit: { _ in commits += 1 })
    #expect(resumed == whole && commits == 1)
    #expect(try sweep.plan(partial).points == 3)
    #expect(try sweep.plan(whole).points == 0)
    #expect(try sweep.run(from: whole, commit: { _ in commits += 1 }) == whole && commits == 1)
  }

  @Test("Stopping ends the run")
  func stopping() throws {
    let fixture = try SweepFixture()
    let sweep = try fixture.sweep(fixture.allPoints)
    #expect(
      sentence { _ = try sweep.run(from: sweep.empty(), shouldStop: { true }) } == "interrupted")
  }

  @Test("Perplexity is exp of the mean loss of a softmax written out")
  func perplexity() throws {
    let folder = try Folder()
    let path = folder.path("text.txt")
    try "the kill in the house ou".write(toFile: path, atomically: true, encoding: .utf8)
    var fixture = try SweepFixture()
    fixture.textPath = path
    let point = Point(mode: .skip, window: SweepFixture.window(0, 0))
    let found = try fixture.measure([point])
    let tokenizer = fixture.lens.model.tokenizer
    let bos = try #require(tokenizer.specialTokens.bos)
    let tokens = try [bos] + tokenizer.encode("the kill in the house ou")
    for (outcome, interventions) in [
      (found.baseline, [Intervention]()),
      (found.outcomes[0], [Intervention(.skipBlock, at: .residPost(0), positions: .all)]),
    ] {
      var loss = 0.0
      for end in 1..<tokens.count {
        let p = softmax(try scores(fixture, Array(tokens[..<end]), interventions))
        loss -= log(p[Int(tokens[end])])
      }
      let expected = exp(loss / Double(tokens.count - 1))
      let perplexity = try #require(outcome?.perplexity)
      #expect(abs(perplexity / expected - 1) < 1e-5)
    }
  }
}
