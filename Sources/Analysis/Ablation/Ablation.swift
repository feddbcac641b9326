import Prompts

/// What a sweep over layers found, so far.
public struct Ablation: Equatable, Sendable {
  /// A generated answer.
  public struct Answer: ScoredAnswer, Equatable, Sendable {
    public var text: String
    public var isRefusal: Bool
    public var defect: AnswerDefect?
    public var surprisal: Double?

    public init(
      text: String, isRefusal: Bool, defect: AnswerDefect?, surprisal: Double? = nil
    ) {
      self.text = text
      self.isRefusal = isRefusal
      self.defect = defect
      self.surprisal = surprisal
    }
  }

  /// What was measured under one point, or under none.
  public struct Outcome: Equatable, Sendable {
    /// [prompt]: log-odds that the answer begins with a refusal token, in nats.
    public var refusalLogOdds: [Double]
    /// [prompt]: KL(unablated || ablated) at the first answer token, in nats.
    public var divergences: [Double]
    /// [prompt]; nil where no answers were asked for.
    public var answers: [Answer]?
    /// Of the text; nil where none was given.
    public var perplexity: Double?

    public init(
      refusalLogOdds: [Double], divergences: [Double], answers: [Answer]?, perplexity: Double?
    ) {
      self.refusalLogOdds = refusalLogOdds
      self.divergences = divergences
      self.answers = answers
      self.perplexity = perplexity
    }
  }

  public var prompts: [Prompt]
  public var points: [AblationPoint]
  public var refusalTokenIDs: [Int]
  public var refusalTokenTexts: [String]
  /// What the numbers depend on besides prompts and points, by name; equal on resume.
  public var settings: [String: String]
  /// [point]: |alpha v| / |x| in the layer of the window where it is largest, x being the residual stream
  /// at the query end of the vectors' anchors on average; nil where nothing is added or x is unknown.
  public var addedShares: [Double?]
  /// Without any intervention; nil until it is known.
  public var baseline: Outcome?
  /// [point]; nil until it is known.
  public var outcomes: [Outcome?]

  public init(
    prompts: [Prompt], points: [AblationPoint], refusalTokenIDs: [Int], refusalTokenTexts: [String],
    settings: [String: String], addedShares: [Double?]? = nil, baseline: Outcome? = nil,
    outcomes: [Outcome?]? = nil
  ) {
    self.prompts = prompts
    self.points = points
    self.refusalTokenIDs = refusalTokenIDs
    self.refusalTokenTexts = refusalTokenTexts
    self.settings = settings
    self.addedShares = addedShares ?? points.map { _ in nil }
    self.baseline = baseline
    self.outcomes = outcomes ?? points.map { _ in nil }
  }

  /// How many points are known.
  public var doneCount: Int { outcomes.count { $0 != nil } }
  public var isFinished: Bool { doneCount == points.count && baseline != nil }

  /// The different labels, in alphabetical order; empty for none.
  public var labels: [String] { Set(prompts.map { $0.label ?? "" }).sorted() }
}

extension Ablation {
  /// From the unablated model's answers; nil where these are too few.
  var surprisalBound: SurprisalBound? { SurprisalBound(unsteered: baseline?.answers ?? []) }

  /// Calls answers broken that the unablated model would hardly give.
  mutating func markImprobableAnswers() {
    let bound = surprisalBound
    func marked(_ outcome: Outcome?) -> Outcome? {
      guard var outcome, var answers = outcome.answers else { return outcome }
      for index in answers.indices { answers[index].mark(beyond: bound) }
      outcome.answers = answers
      return outcome
    }
    baseline = marked(baseline)
    outcomes = outcomes.map(marked)
  }
}

extension Ablation {
  /// Means of an outcome over the prompts of one label.
  public struct Summary: Equatable, Sendable, Encodable {
    public var label: String
    public var count: Int
    public var refusalLogOdds: Double
    public var divergence: Double
    /// The share of generated answers that refuse and are not broken; nil where none were asked for.
    public var refusalRate: Double?
    /// The share that says nothing.
    public var brokenRate: Double?
  }

  /// One for every label.
  public func summaries(of outcome: Outcome) -> [Summary] {
    labels.map { label in
      let places = prompts.indices.filter { (prompts[$0].label ?? "") == label }
      func mean(_ value: (Int) -> Double) -> Double {
        places.reduce(0) { $0 + value($1) } / Double(places.count)
      }
      func rate(_ kind: AnswerKind) -> Double? {
        outcome.answers.map { answers in mean { answers[$0].kind == kind ? 1 : 0 } }
      }
      return Summary(
        label: label, count: places.count, refusalLogOdds: mean { outcome.refusalLogOdds[$0] },
        divergence: mean { outcome.divergences[$0] },
        refusalRate: rate(.refusal), brokenRate: rate(.broken))
    }
  }
}
