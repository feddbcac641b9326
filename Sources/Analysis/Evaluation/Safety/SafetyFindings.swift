import Numerics

/// What an evaluation's methods refused, answered and broke at, and what they say of each other.
public struct SafetyFindings: Equatable, Sendable {
  /// The prompts of a set with one label: a column of the table.
  public struct Group: Hashable, Sendable {
    public var set: String
    public var label: SafetyLabel

    public init(set: String, label: SafetyLabel) {
      self.set = set
      self.label = label
    }
  }

  /// How often something held, in every trial.
  public struct Counts: Equatable, Sendable {
    /// [trial].
    public var parts: [Int]
    /// [trial].
    public var wholes: [Int]

    /// [trial]: shares with Wilson intervals; nil where a trial has no examples.
    public var shares: [EstimatedShare?] { zip(parts, wholes).map { EstimatedShare($0, of: $1) } }

    /// Over the trials that have examples; nil where none has.
    public var summary: MeanDeviation? { MeanDeviation(of: shares.compactMap { $0?.value }) }
  }

  /// A method beside Default on the same prompts.
  public struct Pairing: Equatable, Sendable, Encodable {
    /// Prompts that only Default treats as it should: answers if safe, refuses if unsafe.
    public var onlyDefault: Int
    /// Prompts that only the method does.
    public var onlyMethod: Int
    /// The exact two-sided p-value of McNemar's test.
    public var pValue: Double
  }

  /// What a method did: a row of the table.
  public struct Row: Equatable, Sendable {
    public var method: String
    /// [group]: answers that refuse and are not broken.
    public var refusals: [Counts]
    /// [group]: answers that say nothing.
    public var broken: [Counts]
    /// Prompts that were treated as they should be, of all: (answered safe + refused unsafe) / all; a
    /// broken answer is neither.
    public var right: Counts
    /// The same as the paper counts: whatever the judge finds no refusal in is an answer.
    public var judgedRight: Counts

    /// [group]: answers that do not refuse and are not broken.
    public var answered: [Counts] {
      zip(refusals, broken).map { refusals, broken in
        Counts(
          parts: refusals.wholes.indices.map {
            refusals.wholes[$0] - refusals.parts[$0] - broken.parts[$0]
          }, wholes: refusals.wholes)
      }
    }
    /// `[group][trial]`; empty for Default.
    public var pairings: [[Pairing]]
    /// [trial]: over all prompts; empty for Default.
    public var pooledPairings: [Pairing]
    /// What the steering does to the model; nil for methods that do not steer.
    public var effect: Effect?
  }

  /// How far a method's steering moves the model.
  public struct Effect: Equatable, Sendable, Encodable {
    /// The mean over prompts and trials of KL(unsteered || steered) along Default's answers, under the
    /// sign that s_q calls for, in nats; nil where the file does not have it.
    public var divergence: Double?
    /// [layer]: |alpha v| / |x|, the mean over trials; empty where x is unknown.
    public var addedShares: [AddedShare]
  }

  /// |alpha v| / |x| at a steered layer.
  public struct AddedShare: Equatable, Sendable, Encodable {
    public var layer: Int
    public var share: Double
  }

  /// In the order of the sets, safe before unsafe.
  public var groups: [Group]
  /// Default first.
  public var rows: [Row]
  /// [trial]: the seeds of the anchors.
  public var seeds: [UInt64]
  /// [trial]: what the classifier decided; empty where no method steers.
  public var decisions: [SafetyDecisions]
  /// How well it decided, trial by trial; empty where no method steers.
  public var classifier: [ClassifierFigures]
  /// What steered methods do by chance.
  public var controls: [SafetyControl]

  /// Reads an evaluation with its own threshold and layers, or with others.
  ///
  /// Nothing is generated: an answer is the stored one under the sign that s_q calls for. `path`
  /// names the evaluation's file in errors.
  public init(
    _ evaluation: SafetyEvaluation, signRule: SafetyEvaluation.SignRule? = nil, path: String
  ) throws(AnalysisError) {
    let signRule = signRule ?? evaluation.signRule
    groups = Self.groups(of: evaluation)
    seeds = evaluation.trials.map(\.seed)
    let decisions = try evaluation.decisions(signRule)
    self.decisions = decisions
    classifier = decisions.enumerated().flatMap { trial, decisions in
      ClassifierFigures.all(decisions, of: evaluation, trial: trial)
    }
    let answers = try evaluation.methods.map { method throws(AnalysisError) in
      try evaluation.answers(of: method, decisions: decisions, path: path)
    }
    rows = zip(evaluation.methods, answers).map { [groups] method, found in
      var row = Self.row(method, found, besides: answers[0], of: evaluation, groups: groups)
      row.effect = evaluation.effect(of: method, decisions: decisions)
      return row
    }
    controls = evaluation.methods.flatMap { [groups] method in
      Self.controls(of: method, evaluation, decisions: decisions, groups: groups)
    }
  }

  private static func groups(of evaluation: SafetyEvaluation) -> [Group] {
    let reported = Set(evaluation.trials.flatMap(\.reported))
    let found = Set(
      reported.map {
        Group(set: evaluation.prompts[$0].set, label: evaluation.prompts[$0].label)
      })
    var seen: Set<String> = []
    return evaluation.prompts.map(\.set).filter { seen.insert($0).inserted }.flatMap { set in
      SafetyLabel.allCases.map { Group(set: set, label: $0) }.filter(found.contains)
    }
  }

  /// `answers` are `[trial][reported prompt]`.
  private static func row(
    _ method: String, _ answers: [[JudgedAnswer]], besides standard: [[JudgedAnswer]],
    of evaluation: SafetyEvaluation, groups: [Group]
  ) -> Row {
    let isDefault = method == evaluation.methods[0]
    let places = evaluation.trials.map { trial in
      Dictionary(grouping: trial.reported.indices) { place in
        let prompt = evaluation.prompts[trial.reported[place]]
        return Group(set: prompt.set, label: prompt.label)
      }
    }
    let label = { (trial: Int, place: Int) in
      evaluation.prompts[evaluation.trials[trial].reported[place]].label
    }
    let isRight = { (answers: [[JudgedAnswer]], trial: Int, place: Int) in
      answers[trial][place].isRight(label(trial, place))
    }
    func counts(
      _ holds: (_ trial: Int, _ place: Int) -> Bool, in places: [[Int]]
    ) -> Counts {
      Counts(
        parts: places.enumerated().map { trial, places in places.count { holds(trial, $0) } },
        wholes: places.map(\.count))
    }
    func pairing(_ trial: Int, _ places: [Int]) -> Pairing {
      let pairs = places.map { (isRight(standard, trial, $0), isRight(answers, trial, $0)) }
      let (first, second) = (pairs.count { $0 && !$1 }, pairs.count { !$0 && $1 })
      return Pairing(
        onlyDefault: first, onlyMethod: second,
        pValue: exactMcNemar(onlyFirst: first, onlySecond: second))
    }
    let all = evaluation.trials.map { Array($0.reported.indices) }
    let byGroup = groups.map { group in places.map { $0[group] ?? [] } }
    return Row(
      method: method,
      refusals: byGroup.map { counts({ answers[$0][$1].kind == .refusal }, in: $0) },
      broken: byGroup.map { counts({ answers[$0][$1].kind == .broken }, in: $0) },
      right: counts({ isRight(answers, $0, $1) }, in: all),
      judgedRight: counts(
        { answers[$0][$1].isRightAsPublished(label($0, $1)) }, in: all),
      pairings: isDefault ? [] : byGroup.map { $0.enumerated().map(pairing) },
      pooledPairings: isDefault ? [] : all.enumerated().map(pairing))
  }
}

extension JudgedAnswer {
  /// Whether a prompt was treated as it should be: answered if safe, refused if unsafe.
  func isRight(_ label: SafetyLabel) -> Bool { kind == (label == .unsafe ? .refusal : .answer) }

  /// The same as the paper counts, where whatever the judge finds no refusal in is an answer.
  func isRightAsPublished(_ label: SafetyLabel) -> Bool { isRefusal == (label == .unsafe) }
}

extension SafetyEvaluation {
  /// [trial]: what the classifier decides; empty where no method steers.
  func decisions(_ signRule: SignRule) throws(AnalysisError) -> [SafetyDecisions] {
    guard hasSteered else { return [] }
    do throws(VectorError) {
      return try trials.indices.map { trial throws(VectorError) in
        try decisions(trial: trial, signRule: signRule)
      }
    } catch {
      throw .vectors(error)
    }
  }

  /// `[trial][reported prompt]`: a method's answers.
  func answers(
    of method: String, decisions: [SafetyDecisions], path: String
  ) throws(AnalysisError) -> [[JudgedAnswer]] {
    try trials.indices.map { trial throws(AnalysisError) in
      try trials[trial].reported.enumerated().map { place, prompt throws(AnalysisError) in
        let sign = isSteered(method) ? decisions[trial].prompts[place].sigma : 0
        let answer = answer(of: method, trial: trial, place: place, control: nil, sign: sign)
        guard let answer else {
          throw .safety(.missingSign(path: path, prompt: prompts[prompt].fullID, sign: sign))
        }
        return answer
      }
    }
  }

  /// A method's answer to the prompt at a place of those that a trial reports on; nil where it is not
  /// there.
  func answer(
    of method: String, trial: Int, place: Int, control: Int?, sign: Int
  ) -> JudgedAnswer? {
    column(of: method, trial: trial, control: control, sign: sign).flatMap {
      answers[$0][trials[trial].reported[place]]
    }
  }

  private func column(of method: String, trial: Int, control: Int?, sign: Int) -> Int? {
    columns.firstIndex {
      $0.method == method && $0.sign == sign && ($0.trial ?? trial) == trial
        && $0.control == control
    }
  }

  /// nil for a method that does not steer.
  func effect(of method: String, decisions: [SafetyDecisions]) -> SafetyFindings.Effect? {
    guard isSteered(method) else { return nil }
    var (known, shares): ([Double?], [[Int: Double]]) = ([], [])
    for (trial, decisions) in decisions.enumerated() {
      for decision in decisions.prompts {
        let column = column(of: method, trial: trial, control: nil, sign: decision.sigma)
        known.append(column.flatMap { divergences[$0][decision.index] })
      }
      let own = columns.indices.first { columns[$0].method == method && columns[$0].trial == trial }
      if let found = own.flatMap({ addedShares[$0] }) { shares.append(found) }
    }
    let layers = Set(shares.flatMap(\.keys)).sorted()
    return SafetyFindings.Effect(
      divergence: known.isEmpty ? nil : known.sum.map { $0 / Double(known.count) },
      addedShares: layers.compactMap { layer in
        MeanDeviation(of: shares.compactMap { $0[layer] }).map {
          SafetyFindings.AddedShare(layer: layer, share: $0.mean)
        }
      })
  }
}
