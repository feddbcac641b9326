import Foundation
import ModelLibrary
import Prompts

/// The prompts of all sets, divided into anchors and those that are reported on.
public struct SafetySplit: Equatable, Sendable {
  public var prompts: [SafetyPrompt]
  public var trials: [SafetyTrial]
  /// What was left out or is not as published, in sentences.
  public var warnings: [String]

  init(prompts: [SafetyPrompt], trials: [SafetyTrial], warnings: [String]) {
    self.prompts = prompts
    self.trials = trials
    self.warnings = warnings
  }

  /// Draws the samples of limited sets and the anchors of each trial.
  ///
  /// A set with a sample is reported on with that sample, and anchors come from its other
  /// prompts; one without is reported on with all prompts that are no anchors. A prompt that says
  /// what an anchor says is left out too.
  /// `samples` are by set; trial t draws its anchors with seed + t; `known` are anchors that were drawn elsewhere, by
  /// `PromptDigest`.
  public init(
    _ sets: [SafetySet], samples: [String: PromptSample] = [:], anchors plan: AnchorPlan? = nil,
    seed: UInt64 = 0, known: Set<String> = []
  ) throws(SafetyError) {
    prompts = sets.flatMap(\.prompts)
    warnings = sets.flatMap(\.warnings)
    let names = sets.map(\.source.name)
    try Self.expectNames(samples.keys.sorted(), flag: "--limit or --first", of: names)
    try Self.expectNames(plan?.sets ?? [], flag: "--anchor-sets", of: names)
    let sample = Self.sample(sets, samples)
    trials = []
    for trial in 0..<(plan?.trials ?? 1) {
      let seed = seed &+ UInt64(trial)
      let drawn = try plan.map { (plan) throws(SafetyError) in
        try Self.draw(plan, seed: seed, among: prompts, without: samples, sample: sample)
      }
      trials.append(
        try Self.trial(
          prompts, anchors: drawn ?? [], known: known, sample: sample, seed: seed,
          warnings: &warnings))
    }
    guard trials.allSatisfy({ !$0.reported.isEmpty }) else { throw .nothingToReport }
  }

  /// Indices of the prompts that may be reported on.
  private static func sample(
    _ sets: [SafetySet], _ samples: [String: PromptSample]
  ) -> Set<Int> {
    var sample: Set<Int> = []
    var start = 0
    for set in sets {
      let strata = zip(set.prompts, set.kinds).map {
        PromptSet.stratum(label: $0.label.rawValue, kind: $1)
      }
      let taken = (samples[set.source.name] ?? .all).indices(of: strata)
      sample.formUnion(taken.map { start + $0 })
      start += set.prompts.count
    }
    return sample
  }

  /// Anchors of both labels, ascending.
  private static func draw(
    _ plan: AnchorPlan, seed: UInt64, among prompts: [SafetyPrompt],
    without samples: [String: PromptSample], sample: Set<Int>
  ) throws(SafetyError) -> [Int] {
    let labels = prompts.indices.map { index in
      let prompt = prompts[index]
      let isReserved = samples[prompt.set] != nil && sample.contains(index)
      return plan.sets.contains(prompt.set) && !isReserved ? prompt.label.rawValue : ""
    }
    for label in SafetyLabel.allCases {
      guard prompts.contains(where: { plan.sets.contains($0.set) && $0.label == label }) else {
        throw .noAnchorLabel(sets: plan.sets, label: label)
      }
      let found = labels.count { $0 == label.rawValue }
      guard found >= plan.count else {
        throw .tooFewAnchors(sets: plan.sets, label: label, wanted: plan.count, found: found)
      }
    }
    do throws(VectorError) {
      let draw = try AnchorDraw(
        labels: labels, request: AnchorDraw.Request(count: plan.count, seed: seed),
        source: plan.sets.joined(separator: ", "))
      return (draw.unsafe + draw.safe).sorted()
    } catch {
      preconditionFailure("there are enough prompts of both labels: \(error)")
    }
  }

  private static func trial(
    _ prompts: [SafetyPrompt], anchors: [Int], known: Set<String>, sample: Set<Int>, seed: UInt64,
    warnings: inout [String]
  ) throws(SafetyError) -> SafetyTrial {
    let keys = Set(anchors.map { prompts[$0].key })
    let candidates = sample.subtracting(anchors).sorted()
    var repeated: [Int] = []
    for index in candidates {
      let isKnown: Bool
      do throws(ModelError) {
        isKnown =
          known.isEmpty
          ? false : known.contains(try PromptDigest.sha256(of: prompts[index].text))
      } catch {
        throw .model(error)
      }
      if isKnown || keys.contains(prompts[index].key) { repeated.append(index) }
    }
    if let first = repeated.first {
      warnings.append(
        "the anchors"
          + (known.isEmpty ? " drawn with seed \(seed)" : " of the vectors")
          + " say what \(repeated.count) prompts say, such as \(prompts[first].fullID); these are "
          + "left out of the report")
    }
    return SafetyTrial(
      seed: seed, anchors: anchors,
      reported: Set(candidates).subtracting(repeated).sorted())
  }

  private static func expectNames(
    _ names: [String], flag: String, of sets: [String]
  ) throws(SafetyError) {
    if let wrong = names.first(where: { !sets.contains($0) }) {
      throw .noSuchSet(wrong, flag: flag, sets: sets)
    }
  }
}
