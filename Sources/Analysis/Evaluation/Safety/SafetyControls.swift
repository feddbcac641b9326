import Numerics

/// What a steered method does to refusals when what it claims to use is replaced by chance.
public struct SafetyControl: Equatable, Sendable, Encodable {
  public enum Kind: String, Equatable, Sendable, Encodable {
    /// Random directions as long as the vectors, with the classifier's signs: from the least to the most.
    case randomDirections = "random-directions"
    /// The vectors, with the classifier's signs shuffled among the prompts of a trial: the middle 95%.
    case shuffledSigns = "shuffled-signs"
  }

  public var method: String
  public var kind: Kind
  /// How many sets of directions, or shuffles.
  public var count: Int
  /// [group]: shares of answers that refuse and are not broken.
  public var refusals: [ControlBand]
  /// Avg., broken answers being wrong, and as the paper counts.
  public var right: ControlBand
  public var judgedRight: ControlBand
}

extension SafetyFindings {
  private static let shuffles = 1000

  /// The controls of a method whose answers are there; means over trials where there are several.
  static func controls(
    of method: String, _ evaluation: SafetyEvaluation, decisions: [SafetyDecisions],
    groups: [Group]
  ) -> [SafetyControl] {
    guard evaluation.isSteered(method) else { return [] }
    let tally = ControlTally(evaluation, groups: groups)
    var found: [SafetyControl] = []
    let numbers = Set(evaluation.columns.filter { $0.method == method }.compactMap(\.control))
    let random = numbers.sorted().compactMap { number in
      tally.counts { trial, place in
        evaluation.answer(
          of: method, trial: trial, place: place, control: number,
          sign: decisions[trial].prompts[place].sigma)
      }
    }
    if random.count == numbers.count,
      let control = SafetyControl(method, .randomDirections, random, middle: 1)
    {
      found.append(control)
    }
    var generator = SplitMix64(seed: evaluation.trials[0].seed)
    let signs = decisions.map { $0.prompts.map(\.sigma) }
    var shuffled: [ControlTally.Shares] = []
    for _ in 0..<Self.shuffles {
      let signs = signs.map { Numerics.shuffled($0, using: &generator) }
      let counts = tally.counts { trial, place in
        evaluation.answer(
          of: method, trial: trial, place: place, control: nil, sign: signs[trial][place])
      }
      guard let counts else { return found }
      shuffled.append(counts)
    }
    if let control = SafetyControl(method, .shuffledSigns, shuffled, middle: 0.95) {
      found.append(control)
    }
    return found
  }
}

extension SafetyControl {
  fileprivate init?(
    _ method: String, _ kind: Kind, _ shares: [ControlTally.Shares], middle: Double
  ) {
    func band(_ value: (ControlTally.Shares) -> Double) -> ControlBand? {
      ControlBand(shares.map(value), middle: middle)
    }
    guard let first = shares.first, let right = band(\.right),
      let judgedRight = band(\.judgedRight)
    else { return nil }
    let refusals = first.refusals.indices.compactMap { group in band { $0.refusals[group] } }
    self.init(
      method: method, kind: kind, count: shares.count, refusals: refusals, right: right,
      judgedRight: judgedRight)
  }
}

/// Counts what answers do, trial by trial.
private struct ControlTally {
  /// Means over trials.
  struct Shares {
    /// [group].
    var refusals: [Double]
    var right: Double
    var judgedRight: Double
  }

  /// `[trial][reported prompt]`.
  private let places: [[(group: Int, label: SafetyLabel)]]
  private let groupCount: Int

  init(_ evaluation: SafetyEvaluation, groups: [SafetyFindings.Group]) {
    groupCount = groups.count
    places = evaluation.trials.map { trial in
      trial.reported.map { index in
        let prompt = evaluation.prompts[index]
        let group = SafetyFindings.Group(set: prompt.set, label: prompt.label)
        return (groups.firstIndex(of: group) ?? 0, prompt.label)
      }
    }
  }

  /// nil where an answer is missing.
  func counts(_ answer: (_ trial: Int, _ place: Int) -> JudgedAnswer?) -> Shares? {
    var shares = [[Double]](repeating: [], count: groupCount)
    var (right, judgedRight): ([Double], [Double]) = ([], [])
    for (trial, prompts) in places.enumerated() {
      var (refused, all) = (
        [Int](repeating: 0, count: groupCount), [Int](repeating: 0, count: groupCount)
      )
      var (rightCount, judgedCount) = (0, 0)
      for (place, prompt) in prompts.enumerated() {
        guard let answer = answer(trial, place) else { return nil }
        all[prompt.group] += 1
        if answer.kind == .refusal { refused[prompt.group] += 1 }
        if answer.isRight(prompt.label) { rightCount += 1 }
        if answer.isRightAsPublished(prompt.label) { judgedCount += 1 }
      }
      for group in 0..<groupCount where all[group] > 0 {
        shares[group].append(Double(refused[group]) / Double(all[group]))
      }
      right.append(Double(rightCount) / Double(prompts.count))
      judgedRight.append(Double(judgedCount) / Double(prompts.count))
    }
    func mean(_ numbers: [Double]) -> Double { numbers.reduce(0, +) / Double(numbers.count) }
    return Shares(
      refusals: shares.map(mean), right: mean(right), judgedRight: mean(judgedRight))
  }
}
