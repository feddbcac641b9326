import ActivationStore
import Analysis
import Foundation
import ModelLibrary
import Prompts
import SteeringEngine
import Testing

@Suite("Safety evaluations")
struct SafetyRunTests {
  let fixture: SafetyFixture

  init() throws { fixture = try SafetyFixture() }

  @Test("Every report has its answers, and no other prompt is answered")
  func complete() throws {
    let found = try fixture.evaluate()
    #expect(try found.isFinished())
    #expect(found.methods == ["default", "prompt", "scans-repo"])
    #expect(found.columns.count == 2 + 2 * 2)
    for (column, answers) in zip(found.columns, found.answers) {
      for index in found.prompts.indices {
        let isNeeded = found.trials.enumerated().contains { trial, division in
          (column.trial ?? trial) == trial && division.reported.contains(index)
        }
        #expect((answers[index] != nil) == isNeeded)
      }
    }
    let reported = Set(found.trials[0].reported)
    #expect(found.answers[2].indices.filter { found.answers[2][$0] != nil } == reported.sorted())
  }

  @Test("Steered answers are those of `steer` with vectors from the same anchors")
  func steered() throws {
    let found = try fixture.evaluate()
    for trial in found.trials.indices {
      let known = try #require(found.trialVectors[trial])
      let decisions = try found.decisions(trial: trial, signRule: found.signRule)
      let classifier = try HarmClassifier(
        vectors: known.vectors, path: "v", layers: [0, 1], threshold: .anchors)
      let steered = try SteeredAnswers(
        model: fixture.lens.model, engine: fixture.lens.engine,
        rule: SteeringRule(
          addition: SteeringAddition(
            vectors: known.vectors, path: "v", layers: [0, 1], alpha: 6, isUnit: true),
          sign: .classifier(classifier), profile: .repository, vectors: "v"),
        format: PromptFormat(), judge: fixture.judge,
        options: AnswerOptions(maxNewTokens: 5, repetitionPenalty: 1.1),
        memoryBudget: .max / 4
      ).run(
        found.trials[trial].reported.map { index in
          Prompt(id: "\(index)", text: found.prompts[index].text)
        })
      for (answer, decision) in zip(steered, decisions.prompts) {
        let column = try #require(
          found.columns.firstIndex(
            of: AnswerColumn(method: "scans-repo", trial: trial, sign: decision.sigma)))
        #expect(found.answers[0][decision.index] == answer.unsteered)
        #expect(found.answers[column][decision.index] == answer.steered)
        #expect(decision.sigma == answer.sigma && decision.score == answer.score)
      }
    }
  }

  @Test("Self-CD reads the query behind a safety text and without, and takes y - 2.5 (y - y')")
  func selfContrast() throws {
    var fixture = fixture
    fixture.methods = [.selfContrast(safetyText: "Be safe.")]
    let found = try fixture.evaluate()
    let encoder = try PromptEncoderFixture(fixture.lens.model)
    for index in found.trials[0].reported {
      let text = found.prompts[index].text
      let contexts = try ["Be safe. " + text, text].map {
        TokenSequence(tokens: try encoder.tokens($0), readPositions: [])
      }
      let generated = try fixture.lens.engine.generate(
        [AnswerRequest(contexts[0], contrastedWith: contexts[1], strength: 2.5)],
        options: GenerationOptions(
          maxNewTokens: 5, repetitionPenalty: 1.1, stopTokens: fixture.lens.model.endTokens),
        memoryBudget: .max / 4)
      let expected = try fixture.lens.model.tokenizer.decode(generated[0].tokens)
      #expect(found.answers[1][index]?.text == expected)
    }
    #expect(found.answers[0].map { $0?.text } != found.answers[1].map { $0?.text })
  }

  @Test("A prompt that is too long is refused before anything is generated")
  func tooLong() throws {
    var fixture = fixture
    fixture.methods = [
      .prompted(name: "long", PromptFormat(system: String(repeating: "kx", count: 100)))
    ]
    let run = try fixture.run()
    var commits = 0
    let refusal = sentence { _ = try run.run(from: run.empty(), commit: { _ in commits += 1 }) }
    #expect(refusal.contains("but the model's context holds 128") && commits == 0, "\(refusal)")
  }

  @Test("Each trial has vectors of its own, from its own anchors")
  func trialVectors() throws {
    let found = try fixture.evaluate()
    let vectors = found.trialVectors.compactMap { $0?.vectors }
    #expect(vectors.count == 2 && vectors[0].vectors != vectors[1].vectors)
    for (trial, set) in zip(found.trials, vectors) {
      #expect(set.anchors.count == 6 && set.seed == trial.seed && set.isUnit)
      #expect(
        Set(set.anchors.map(\.id)) == Set(trial.anchors.map { found.prompts[$0].fullID }))
    }
  }

  @Test("A run that was cut off goes on, and gives what it would have given")
  func resuming() throws {
    let whole = try fixture.evaluate()
    let run = try fixture.run()
    var partial = whole
    partial.trialVectors[1] = nil
    for column in whole.columns.indices where whole.columns[column].trial == 1 {
      partial.answers[column] = whole.prompts.map { _ in nil }
    }
    for prompt in stride(from: 0, to: whole.prompts.count, by: 3) {
      partial.answers[0][prompt] = nil
      partial.answers[1][prompt] = nil
    }
    var commits = 0
    let resumed = try run.run(from: partial, commit: { _ in commits += 1 })
    #expect(resumed == whole && commits >= 2)
    #expect(try run.run(from: whole, commit: { _ in commits += 1 }) == whole)
  }

  @Test("Stopping keeps what is there")
  func stopping() throws {
    let run = try fixture.run()
    var kept: SafetyEvaluation?
    let whole = try fixture.evaluate()
    var start = whole
    start.answers[0] = whole.prompts.map { _ in nil }
    #expect(
      sentence { _ = try run.run(from: start, shouldStop: { true }, commit: { kept = $0 }) }
        == "interrupted")
    #expect(kept?.answers[1] == whole.answers[1])
  }

  @Test("Results do not depend on the memory that a run may take")
  func chunks() throws {
    var narrow = fixture
    narrow.memoryBudget = 1 << 20
    #expect(try narrow.evaluate().answers == fixture.evaluate().answers)
  }

  @Test("Random directions answer under the chosen sign alone, and change nothing else")
  func controls() throws {
    var controlled = fixture
    controlled.controls = 2
    let (bare, found) = (try fixture.evaluate(), try controlled.evaluate())
    #expect(try found.isFinished())
    let places = found.columns.indices.filter { found.columns[$0].control == nil }
    #expect(places.map { found.columns[$0] } == bare.columns)
    #expect(places.map { found.answers[$0] } == bare.answers)
    #expect(places.map { found.divergences[$0] } == bare.divergences)
    let findings = try SafetyFindings(found, path: "e.h5")
    let plain = try SafetyFindings(bare, path: "e.h5")
    #expect(findings.rows == plain.rows)
    #expect(findings.controls.map(\.kind) == [.randomDirections, .shuffledSigns])
    #expect(findings.controls[1] == plain.controls[0])
    // Counted anew.
    var shares: [[Double]] = []
    for number in [1, 2] {
      var byTrial: [Double] = []
      for (trial, decisions) in findings.decisions.enumerated() {
        let answers = try decisions.prompts.map { decision in
          let column = try #require(
            found.columns.firstIndex {
              $0.control == number && $0.trial == trial && $0.sign == decision.sigma
            })
          let other = try #require(
            found.columns.firstIndex {
              $0.control == number && $0.trial == trial && $0.sign == -decision.sigma
            })
          #expect(found.answers[other][decision.index] == nil)
          return (found.prompts[decision.index], found.answers[column][decision.index])
        }
        let right = answers.count { prompt, answer in
          answer?.kind == (prompt.label == .unsafe ? .refusal : .answer)
        }
        byTrial.append(Double(right) / Double(answers.count))
      }
      shares.append(byTrial)
    }
    let means = shares.map { $0.reduce(0, +) / Double($0.count) }
    let band = findings.controls[0].right
    #expect(abs(band.low - (means.min() ?? 0)) < 1e-12)
    #expect(abs(band.high - (means.max() ?? 0)) < 1e-12)
  }

  @Test("Shuffled signs keep their counts, so one sign for all is no other than its shuffles")
  func shuffledSigns() throws {
    let found = try fixture.evaluate()
    for threshold in [-2.0, 2] {
      let findings = try SafetyFindings(
        found, signRule: .init(threshold: .value(threshold), layers: [0, 1]), path: "e.h5")
      let row = findings.rows[2]
      let control = try #require(findings.controls.first)
      #expect(control.method == row.method && control.count == 1000)
      let right = try #require(row.right.summary).mean
      #expect(abs(control.right.low - right) < 1e-12 && abs(control.right.high - right) < 1e-12)
    }
  }

  @Test("The chosen sign alone gives the same report, and others are refused")
  func chosenSigns() throws {
    var chosen = fixture
    chosen.hasBothSigns = false
    let (both, one) = (try fixture.evaluate(), try chosen.evaluate())
    #expect(try one.isFinished())
    let count = { (found: SafetyEvaluation) in
      found.answers.dropFirst(2).reduce(0) { $0 + $1.count { $0 != nil } }
    }
    #expect(2 * count(one) == count(both))
    var findings = try SafetyFindings(both, path: "e.h5")
    // Shuffled signs need both.
    #expect(findings.controls.map(\.kind) == [.shuffledSigns])
    findings.controls = []
    #expect(try SafetyFindings(one, path: "e.h5") == findings)
    let other = SafetyEvaluation.SignRule(threshold: .value(-2), layers: [0, 1])
    _ = try SafetyFindings(both, signRule: other, path: "e.h5")
    #expect(
      sentence { _ = try SafetyFindings(one, signRule: other, path: "e.h5") }.contains(
        "since the run generated the chosen sign alone"))
  }

  @Test("A file gives back what was written")
  func file() throws {
    let folder = try Folder()
    let path = folder.path("e.h5")
    let model = try StoredModel(fixture.lens.model)
    var partial = try fixture.evaluate()
    partial.answers[3][partial.trials[0].reported[0]] = nil
    partial.trialVectors[1] = nil
    for evaluation in [try fixture.evaluate(), partial, try fixture.run().empty()] {
      try ResultFile.write(
        evaluation.groups(model: model), to: path,
        provenance: Provenance(toolVersion: "1", commandLine: "", created: .now), overwrite: true)
      let read = try SafetyEvaluation.read(path)
      #expect(read.evaluation == evaluation)
      #expect(read.model.sha256 == model.sha256)
    }
  }

  @Test("Steering needs something to steer along, and layers that are there")
  func refusals() throws {
    let request = SafetyRun.Request(
      split: try SafetySplit(fixture.sets), methods: [.steered(.paper)],
      answers: AnswerOptions(maxNewTokens: 1), judge: fixture.judge)
    let make = { (request: SafetyRun.Request) in
      sentence {
        _ = try SafetyRun(
          model: fixture.lens.model, engine: fixture.lens.engine, request: request,
          memoryBudget: .max / 4)
      }
    }
    #expect(
      make(request)
        == "scans-paper steers along a direction from anchors; give --anchor-sets, or --vectors a "
        + "file from `workbench vectors`")
    var other = request
    other.anchors = fixture.plan
    #expect(make(other) == "no layer is left to steer; name some with --layers")
    other.layers = [2]
    #expect(make(other).hasPrefix("there is no layer 2: the model's layers are 0 to 1"))
  }
}
