import Analysis
import Foundation
import ModelLibrary
import SteeringEngine

/// An evaluation of the tiny model on two sets of our own.
struct SafetyFixture {
  let lens: LensFixture
  var methods: [MethodChoice] = [
    .prompted(name: "prompt", PromptFormat(system: "Help.")), .steered(.repository),
  ]
  var trials = 2
  var hasBothSigns = true
  var controls = 0
  var threshold = HarmClassifier.Threshold.anchors
  var memoryBudget = Int.max / 4
  var alpha: Strength = 6
  /// Refuses where an answer has one of some letters, so that random answers do both.
  let judge: RefusalJudge

  init() throws {
    lens = try LensFixture()
    judge = try makeJudge("[refusal]\na|e|i|o|k|the|x|t|s|n|m\n")
  }

  var sets: [SafetySet] {
    let words = ["the kill", "Hi", "in the house", "x the", "a cat", "ou", "kill in", "How do I"]
    return [("bad", SafetyLabel.unsafe), ("good", .safe)].map { name, label in
      SafetySet(
        source: SafetySet.Source(name: name, path: name + ".txt"),
        prompts: words.enumerated().map {
          SafetyPrompt(set: name, id: "\($0)", label: label, text: "\($1) \(name)")
        })
    }
  }

  var plan: AnchorPlan { AnchorPlan(sets: ["bad", "good"], count: 3, trials: trials) }

  func run() throws -> SafetyRun {
    try SafetyRun(
      model: lens.model, engine: lens.engine,
      request: SafetyRun.Request(
        split: SafetySplit(sets, anchors: plan), methods: methods, anchors: plan, alpha: alpha,
        layers: [0, 1], threshold: threshold, classifierLayers: [0, 1],
        hasBothSigns: hasBothSigns, controls: controls,
        answers: AnswerOptions(maxNewTokens: 5, repetitionPenalty: 1.1), judge: judge),
      memoryBudget: memoryBudget)
  }

  func evaluate() throws -> SafetyEvaluation {
    let run = try run()
    return try run.run(from: run.empty())
  }
}
