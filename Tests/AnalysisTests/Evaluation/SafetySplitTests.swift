import Analysis
import Prompts
import Testing

@Suite("Anchors and what is reported on")
struct SafetySplitTests {
  /// A set of one label, its texts numbered.
  static func set(_ name: String, _ label: SafetyLabel, _ count: Int) -> SafetySet {
    SafetySet(
      source: SafetySet.Source(name: name, path: name + ".txt"),
      prompts: (1...count).map {
        SafetyPrompt(set: name, id: "\($0)", label: label, text: "\(name) text \($0)")
      })
  }

  let good = set("good", .safe, 20)
  let bad = set("bad", .unsafe, 30)
  let plan = AnchorPlan(sets: ["bad", "good"], count: 5, trials: 3)

  @Test("Anchors are of both labels, and never reported on")
  func anchors() throws {
    let split = try SafetySplit([good, bad], anchors: plan, seed: 7)
    #expect(split.prompts.count == 50 && split.trials.map(\.seed) == [7, 8, 9])
    for trial in split.trials {
      let labels = trial.anchors.map { split.prompts[$0].label }
      #expect(labels.count { $0 == .safe } == 5 && labels.count { $0 == .unsafe } == 5)
      #expect(Set(trial.anchors).isDisjoint(with: trial.reported))
      #expect(trial.reported.count == 40)
    }
    #expect(split.trials[0].anchors != split.trials[1].anchors)
    #expect(try SafetySplit([good, bad], anchors: plan, seed: 7) == split)
    let later = AnchorPlan(sets: plan.sets, count: 5)
    #expect(try SafetySplit([good, bad], anchors: later, seed: 8).trials[0] == split.trials[1])
  }

  @Test("A prompt that says what an anchor says is left out, and that is said")
  func repeated() throws {
    var copy = good
    copy.source.name = "copy"
    copy.prompts = good.prompts.map {
      SafetyPrompt(set: "copy", id: $0.id, label: .safe, text: "  " + $0.text.uppercased())
    }
    let one = AnchorPlan(sets: ["bad", "good"], count: 5)
    let split = try SafetySplit([good, bad, copy], anchors: one)
    #expect(split.trials[0].reported.count == 70 - 10 - 5)
    #expect(split.warnings.count == 1)
    #expect(
      split.warnings[0].hasPrefix("the anchors drawn with seed 0 say what 5 prompts say, such "))
    #expect(split.warnings[0].contains("such as copy:"))
  }

  @Test("A sample is reported on whole, and anchors come from the rest")
  func limits() throws {
    let split = try SafetySplit(
      [good, bad], samples: ["good": .drawn(12, seed: 0)], anchors: plan)
    let reported = split.trials.map { trial in
      trial.reported.filter { split.prompts[$0].set == "good" }
    }
    #expect(reported.allSatisfy { $0.count == 12 && $0 == reported[0] })
    let alone = try SafetySplit([bad, good], samples: ["good": .drawn(12, seed: 0)])
    let ids = { (split: SafetySplit) in
      split.trials[0].reported.map { split.prompts[$0] }.filter { $0.set == "good" }.map(\.id)
    }
    #expect(ids(alone) == ids(split))
    let all = try SafetySplit([good], samples: ["good": .drawn(99, seed: 0)])
    #expect(all.trials[0].reported.count == 20)
    let first = try SafetySplit([bad, good], samples: ["good": .first(3)])
    #expect(ids(first) == ["1", "2", "3"])
  }

  @Test("Anchors that were drawn elsewhere are left out by their texts")
  func known() throws {
    let split = try SafetySplit(
      [good], known: Set(["good TEXT 3 ", "other"].map(PromptDigest.sha256)))
    #expect(split.trials[0].reported.count == 19 && !split.trials[0].reported.contains(2))
    #expect(split.warnings[0].contains("of the vectors say what 1 prompts say, such as good:3"))
  }

  @Test("What cannot be drawn is refused")
  func refusals() {
    func refusal(_ plan: AnchorPlan, samples: [String: PromptSample] = [:]) -> String {
      sentence { _ = try SafetySplit([good, bad], samples: samples, anchors: plan) }
    }
    #expect(
      refusal(AnchorPlan(sets: ["bad"], count: 1))
        == "the anchor sets bad have no safe prompts to draw; add a set that has some to "
        + "--anchor-sets")
    #expect(
      refusal(AnchorPlan(sets: ["bad", "good"], count: 21)).contains(
        "have 20 safe prompts to draw from, and 21 anchors were asked for"))
    #expect(
      refusal(AnchorPlan(sets: ["bad", "good"], count: 9), samples: ["good": .drawn(12, seed: 0)])
        .contains(
          "have 8 safe prompts to draw from"))
    #expect(
      refusal(AnchorPlan(sets: ["bad", "none"], count: 1))
        == "--anchor-sets names none, which is no set; give one of good, bad")
    #expect(
      sentence { _ = try SafetySplit([good], samples: ["x": .first(1)]) }
        == "--limit or --first names x, which is no set; give one of good")
    #expect(
      sentence {
        _ = try SafetySplit(
          [good], known: Set(good.prompts.map { try PromptDigest.sha256(of: $0.text) }))
      }
        == "all prompts are anchors, so none is left to report on; lower --anchors or add a set")
  }
}
