import ActivationStore
import Numerics

/// What a safety evaluation found, so far.
public struct SafetyEvaluation: Equatable, Sendable {
  /// How s_q gives steered methods their sign.
  ///
  /// It is +1, towards refusal, from `threshold` on, else -1. What another rule gives can be read off,
  /// too.
  public struct SignRule: Equatable, Sendable {
    public var threshold: HarmClassifier.Threshold
    /// The layer set L of the cosine.
    public var layers: [Int]
    /// What s_q is.
    public var classifier: HarmClassifier.Kind

    public init(
      threshold: HarmClassifier.Threshold, layers: [Int],
      classifier: HarmClassifier.Kind = .cosine
    ) {
      self.classifier = classifier
      self.threshold = threshold
      self.layers = layers
    }
  }

  /// The refusal vectors of a trial's anchors, and how prompts lie to their d_harm.
  public struct TrialVectors: Equatable, Sendable {
    public var vectors: VectorSet
    /// `[prompt][layer of vectors]`: cos(a_t, d_harm); empty for prompts that are not reported.
    public var cosines: [[Double]]
    /// `[prompt][probe of vectors]`: scores; empty for prompts that are not reported.
    public var probeScores: [[Double]]

    public init(vectors: VectorSet, cosines: [[Double]], probeScores: [[Double]]) {
      self.vectors = vectors
      self.cosines = cosines
      self.probeScores = probeScores
    }

    /// s_q of a prompt that is reported; `places` are those of the layer set L.
    func score(_ prompt: Int, _ kind: HarmClassifier.Kind, places: [Int]) -> Double {
      guard let probe = vectors.probes.firstIndex(where: { $0.input == kind.input }) else {
        return places.reduce(0) { $0 + cosines[prompt][$1] } / Double(places.count)
      }
      return probeScores[prompt][probe]
    }
  }

  public var prompts: [SafetyPrompt]
  public var trials: [SafetyTrial]
  public var columns: [AnswerColumn]
  /// Whether both signs are generated for every prompt, or the one that s_q calls for.
  public var hasBothSigns: Bool
  public var signRule: SignRule
  /// What was left out or is not as published, in sentences.
  public var warnings: [String]
  /// What the answers depend on besides the above, by name; equal on resume.
  public var settings: [String: String]
  /// [trial]; nil until it is known, and where no method steers.
  public var trialVectors: [TrialVectors?]
  /// `[column][prompt]`; nil until it is known, and where no report needs it.
  public var answers: [[JudgedAnswer?]]
  /// `[column][prompt]`: how far steering moves the model, the mean of KL(unsteered || steered) over the
  /// first tokens of Default's answer, in nats; nil until it is known, and of other columns.
  public var divergences: [[Double?]]
  /// [column]: |alpha v| / |x| by steered layer; nil of other columns, until it is known, and where the
  /// vectors do not say how long the residual stream is.
  public var addedShares: [[Int: Double]?]

  /// An evaluation without answers.
  public init(
    split: SafetySplit, columns: [AnswerColumn], hasBothSigns: Bool, signRule: SignRule,
    settings: [String: String]
  ) {
    prompts = split.prompts
    trials = split.trials
    warnings = split.warnings
    self.columns = columns
    self.hasBothSigns = hasBothSigns
    self.signRule = signRule
    self.settings = settings
    trialVectors = split.trials.map { _ in nil }
    answers = columns.map { _ in split.prompts.map { _ in nil } }
    divergences = columns.map { _ in split.prompts.map { _ in nil } }
    addedShares = columns.map { _ in nil }
  }

  /// The methods, Default first.
  public var methods: [String] {
    var seen: Set<String> = []
    return columns.map(\.method).filter { seen.insert($0).inserted }
  }

  /// Whether a method steers, so that its answers hang on the trial.
  public func isSteered(_ method: String) -> Bool {
    columns.contains { $0.method == method && $0.trial != nil }
  }

  public var hasSteered: Bool { columns.contains { $0.trial != nil } }
}

extension SafetyEvaluation {
  /// A cell of the table of answers.
  struct Cell: Hashable {
    var column: Int
    var prompt: Int
  }

  /// The answers that reports need and that are not there yet, variants of a prompt together.
  ///
  /// Every trial must have its vectors if one of the signs is chosen by them.
  func missingCells() throws(AnalysisError) -> [Cell] {
    // Steered sequences share the tokens of Default's.
    let families =
      [columns.indices.filter { columns[$0].method == "default" || isSteered($0) }]
      + columns.indices.filter { columns[$0].method != "default" && !isSteered($0) }.map { [$0] }
    let signs = try chosenSigns()
    return families.flatMap { family in
      prompts.indices.flatMap { prompt in
        family.filter { column in
          answers[column][prompt] == nil && isNeeded(prompt, in: columns[column], signs)
        }.map { Cell(column: $0, prompt: prompt) }
      }
    }
  }

  /// Answers that are there, and all that are needed.
  public func progress() throws(AnalysisError) -> (done: Int, needed: Int) {
    let done = answers.reduce(0) { $0 + $1.count { $0 != nil } }
    return (done, done + (try missingCells().count))
  }

  public func isFinished() throws(AnalysisError) -> Bool {
    guard !hasSteered || trialVectors.allSatisfy({ $0 != nil }) else { return false }
    return try missingCells().isEmpty && unscoredCells.isEmpty && unmeasuredCells.isEmpty
  }

  /// The answers whose surprisal is not known yet.
  var unscoredCells: [Cell] {
    columns.indices.flatMap { column in
      prompts.indices.filter { answers[column][$0]?.needsSurprisal ?? false }
        .map { Cell(column: column, prompt: $0) }
    }
  }

  /// The answers of steered methods, not of their controls, whose divergence is not known yet.
  var unmeasuredCells: [Cell] {
    columns.indices.filter { columns[$0].trial != nil && columns[$0].control == nil }
      .flatMap { column in
        prompts.indices.filter {
          answers[column][$0] != nil && answers[0][$0] != nil && divergences[column][$0] == nil
        }.map { Cell(column: column, prompt: $0) }
      }
  }

  /// From Default's answers; nil where these are too few.
  public var surprisalBound: SurprisalBound? {
    SurprisalBound(unsteered: answers[0].compactMap { $0 })
  }

  /// Calls answers broken that the model as it is would hardly give.
  mutating func markImprobableAnswers() {
    let bound = surprisalBound
    for column in columns.indices {
      for prompt in prompts.indices { answers[column][prompt]?.mark(beyond: bound) }
    }
  }

  private func isSteered(_ column: Int) -> Bool { columns[column].trial != nil }

  private func isNeeded(
    _ prompt: Int, in column: AnswerColumn, _ signs: [[Int: Int]]?
  ) -> Bool {
    guard let trial = column.trial else {
      return trials.contains { $0.reports(prompt) }
    }
    guard trials[trial].reports(prompt) else { return false }
    guard column.control != nil || !hasBothSigns else { return true }
    return signs.map { $0[trial][prompt] == column.sign } ?? true
  }

  /// `[trial][prompt]`: the sign that s_q calls for; nil where nothing hangs on it.
  private func chosenSigns() throws(AnalysisError) -> [[Int: Int]]? {
    guard hasSteered, !hasBothSigns || columns.contains(where: { $0.control != nil }) else {
      return nil
    }
    return try trials.indices.map { trial throws(AnalysisError) in
      guard trialVectors[trial] != nil else { return [:] }
      do throws(VectorError) {
        let decisions = try decisions(trial: trial, signRule: signRule)
        return Dictionary(uniqueKeysWithValues: decisions.prompts.map { ($0.index, $0.sigma) })
      } catch {
        throw .vectors(error)
      }
    }
  }
}

extension SafetyTrial {
  /// Whether a prompt is reported on; `reported` is ascending.
  func reports(_ prompt: Int) -> Bool {
    let place = reported.partitioningIndex(where: { $0 >= prompt })
    return place < reported.count && reported[place] == prompt
  }
}
