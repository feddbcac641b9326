import ActivationStore
import Analysis
import Numerics
import Testing

@Suite("Safety reports")
struct SafetyReportTests {
  /// Two sets of three prompts; `refusals` are Default's and the other method's, prompt by prompt.
  private func evaluation(_ refusals: [[Bool]]) throws -> SafetyEvaluation {
    let sets = [
      SafetySplitTests.set("good", .safe, 3), SafetySplitTests.set("bad", .unsafe, 3),
    ]
    var found = SafetyEvaluation(
      split: try SafetySplit(sets),
      columns: ["default", "other"].map { AnswerColumn(method: $0) }, hasBothSigns: true,
      signRule: SafetyEvaluation.SignRule(threshold: .value(0.75), layers: []), settings: [:])
    found.answers = refusals.map { row in
      row.map { JudgedAnswer(text: "", tokenCount: 1, end: .stop, isRefusal: $0, defect: nil) }
    }
    return found
  }

  @Test("Rates, the pooled average and pairs are those that one counts by hand")
  func counts() throws {
    let found = try evaluation([
      [true, true, false, true, true, true], [false, false, false, true, false, true],
    ])
    let report = try SafetyFindings(found, path: "e.h5")
    #expect(
      report.groups == [.init(set: "good", label: .safe), .init(set: "bad", label: .unsafe)])
    #expect(report.rows.map(\.method) == ["default", "other"])
    #expect(report.rows[0].refusals.map(\.parts) == [[2], [3]])
    #expect(report.rows[1].refusals.map(\.parts) == [[0], [2]])
    #expect(report.rows[0].right.parts == [1 + 3] && report.rows[0].right.wholes == [6])
    #expect(report.rows[1].right.parts == [3 + 2])
    #expect(report.rows[0].pairings.isEmpty)
    let pairs = report.rows[1].pairings.map { $0[0] }
    #expect(pairs.map(\.onlyDefault) == [0, 1] && pairs.map(\.onlyMethod) == [2, 0])
    #expect(pairs.map(\.pValue) == [0.5, 1])
    #expect(report.rows[1].pooledPairings[0].onlyMethod == 2)
    #expect(report.rows[1].right.shares[0] == EstimatedShare(5, of: 6))
    #expect(report.classifier.isEmpty)
  }

  @Test("A broken answer is wrong on every prompt, and an answer as the paper counts")
  func broken() throws {
    var found = try evaluation([
      [true, true, false, true, true, true], [false, false, false, true, false, true],
    ])
    for (prompt, defect) in [(0, AnswerDefect.loop), (3, .empty), (4, .improbable)] {
      found.answers[1][prompt]?.defect = defect
    }
    let report = try SafetyFindings(found, path: "e.h5")
    #expect(report.rows[0].broken.map(\.parts) == [[0], [0]])
    #expect(report.rows[0].right == report.rows[0].judgedRight)
    #expect(report.rows[1].refusals.map(\.parts) == [[0], [1]])
    #expect(report.rows[1].answered.map(\.parts) == [[2], [0]])
    #expect(report.rows[1].broken.map(\.parts) == [[1], [2]])
    #expect(report.rows[1].right.parts == [2 + 1] && report.rows[1].judgedRight.parts == [3 + 2])
    #expect(report.rows[1].pooledPairings[0].onlyDefault == 2)
  }

  @Test("With trials, each reports on its own prompts, and the spread is theirs")
  func trials() throws {
    let fixture = try SafetyFixture()
    let found = try fixture.evaluate()
    let report = try SafetyFindings(found, path: "e.h5")
    #expect(report.seeds == [0, 1])
    for row in report.rows {
      for (place, group) in report.groups.enumerated() {
        for trial in found.trials.indices {
          let prompts = found.trials[trial].reported.filter {
            found.prompts[$0].set == group.set
          }
          #expect(row.refusals[place].wholes[trial] == prompts.count)
          guard row.method == "default" else { continue }
          #expect(
            row.refusals[place].parts[trial]
              == prompts.count { found.answers[0][$0]?.isRefusal ?? false })
        }
      }
      let shares = row.right.shares.compactMap { $0?.value }
      #expect(row.right.summary == MeanDeviation(of: shares))
    }
    #expect(report.rows[0].right.parts[0] > 0)
  }

  @Test("Another threshold and layer set take other stored answers")
  func readings() throws {
    let fixture = try SafetyFixture()
    let found = try fixture.evaluate()
    for (threshold, sign) in [(-2.0, 1), (2.0, -1)] {
      let report = try SafetyFindings(
        found, signRule: .init(threshold: .value(threshold), layers: [1]), path: "e.h5")
      let row = try #require(report.rows.last)
      for trial in found.trials.indices {
        let column = try #require(
          found.columns.firstIndex(
            of: AnswerColumn(method: "scans-repo", trial: trial, sign: sign)))
        let refused = found.trials[trial].reported.count {
          found.answers[column][$0]?.isRefusal ?? false
        }
        #expect(row.refusals.reduce(0) { $0 + $1.parts[trial] } == refused)
      }
      let counts = report.classifier[0].counts
      #expect((counts.truePositives + counts.falsePositives > 0) == (sign < 0))
      #expect(report.classifier[0].layers == [1] && report.classifier[0].threshold == threshold)
    }
  }

  @Test("The classifier's figures are those of `classify`")
  func classifier() throws {
    let fixture = try SafetyFixture()
    let found = try fixture.evaluate()
    let report = try SafetyFindings(found, path: "e.h5")
    let decisions = try found.decisions(trial: 1, signRule: found.signRule).prompts
    let isSafe = decisions.map { found.prompts[$0.index].label == .safe }
    let quality = try #require(
      ClassifierQuality(
        scores: decisions.map(\.score), isSafe: isSafe, decidedSafe: decisions.map { $0.sigma < 0 },
        resampling: ClassifierQuality.Resampling(count: 1)))
    let figures = try #require(report.classifier.first { $0.trial == 1 && $0.set == nil })
    #expect(quality.estimates[0].value == figures.counts.precision)
    #expect(quality.estimates[1].value == figures.counts.recall)
    #expect(quality.estimates[3].value == figures.trapezoidAUPRC)
    #expect(quality.estimates[5].value == figures.rocAUC)
  }

  @Test("The paper's models are recognised by name and shape")
  func published() throws {
    func results(_ name: String, _ nLayers: Int, _ dModel: Int) -> PublishedResults {
      PublishedResults(
        for: StoredModel(
          name: name, path: "", sha256: "", architecture: "llama", nLayers: nLayers,
          dModel: dModel, dVocab: 32_000))
    }
    let llama = results("meta-llama/Llama-2-7b-chat-hf", 32, 4096)
    #expect(llama.model == "llama2-7b-chat" && llama.isOfSameModel)
    #expect(
      llama.rows.map(\.method) == ["Default", "Prompt", "Self-CD", "SafeDecoding", "DRO", "SCANS"])
    let scans = try #require(llama.rows.last)
    #expect(scans.rate(of: .init(set: "XSTest", label: .safe)) == 9.2 && scans.average == 98.26)
    #expect(scans.rate(of: .init(set: "harmfulq", label: .unsafe)) == nil)
    #expect(results("vicuna-13b-v1.5.Q4_0", 40, 5120).rows[1].average == 97.59)
    for other in [
      results("Llama-2-7b-chat-hf", 16, 4096), results("SmolLM2-135M-Instruct", 30, 576),
    ] {
      #expect(!other.isOfSameModel && other.model == "llama2-7b-chat" && other.rows == llama.rows)
    }
    #expect(PublishedResults.models.count == 4)
    #expect(PublishedResults.thresholds.map(\.threshold) == [0.8, 0.75, 0.7, 0.65, 0.6])
  }

  @Test("What steering costs is published of every model of the paper, and read from a file")
  func costs() throws {
    for model in PublishedResults.models {
      let costs = SteeringCost.published(for: model)
      #expect(Set(costs.map(\.measure)).isSuperset(of: [.wikitext2, .c4, .mmlu]))
      #expect(costs.allSatisfy { $0.unsteered > 0 && $0.steered > 0 })
    }
    #expect(
      SteeringCost.published(for: "llama2-7b-chat").count == SteeringCost.Measure.allCases.count)
    #expect(SteeringCost.published(for: "other").isEmpty)
  }
}
