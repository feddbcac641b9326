import Checkpoints
import ModelLibrary
import Prompts
import SteeringEngine

/// Steers or ablates windows of layers and measures what that does to refusals.
///
/// All points of a batch and the unablated model go through the engine together, so a point costs
/// its changed rows above its first block and nothing else.
public struct LayerSweep: Sendable {
  /// Which tokens of a prompt are changed.
  public enum ChangedTokens: String, CaseIterable, Sendable {
    /// From the query end on, as SCANS steers; generated tokens included.
    case queryEnd = "query-end"
    case all
  }

  /// What to do, and what to measure.
  public struct Request: Sendable {
    public var points: [AblationPoint]
    /// Needed by the modes that use refusal vectors, with the name of their file.
    public var vectors: (set: VectorSet, path: String)?
    /// What zero and mean ablation change, of `attnOut` and `mlpOut`.
    public var sites: [HookSite]
    public var positions: ChangedTokens
    public var format: PromptFormat
    public var refusalTokens: RefusalTokens
    /// For refusal rates of generated answers; nil for the first answer token alone.
    public var answers: (options: AnswerOptions, judge: RefusalJudge)?
    /// A text whose perplexity is measured, all its positions changed.
    public var textPath: String?

    public init(
      points: [AblationPoint], vectors: (set: VectorSet, path: String)?, sites: [HookSite],
      positions: ChangedTokens, format: PromptFormat, refusalTokens: RefusalTokens,
      answers: (options: AnswerOptions, judge: RefusalJudge)?, textPath: String?
    ) {
      self.points = points
      self.vectors = vectors
      self.sites = sites
      self.positions = positions
      self.format = format
      self.refusalTokens = refusalTokens
      self.answers = answers
      self.textPath = textPath
    }
  }

  private(set) var request: Request
  let model: LanguageModel
  public let engine: SteeringEngine
  public let prompts: [Prompt]
  let encoded: [EncodedPrompt]
  let text: TextPerplexity?
  /// [point]: |alpha v| / |x| where it is largest in the window; nil where unknown.
  private let addedShares: [Double?]
  let memoryBudget: Int

  /// Checks the request against the model and tokenizes the prompts.
  public init(
    model: LanguageModel, engine: SteeringEngine, prompts: [Prompt], request: Request,
    memoryBudget: Int
  ) throws(AnalysisError) {
    self.request = request
    self.model = model
    self.engine = engine
    self.prompts = prompts
    self.memoryBudget = memoryBudget
    let interventions = try PointInterventions(
      for: request.points, vectors: request.vectors, sites: request.sites, means: nil)
    addedShares = request.points.map { interventions.largestShare(of: $0) }
    encoded = try model.encode(
      prompts, format: request.format, steered: request.positions == .queryEnd)
    text = try request.textPath.map { (path) throws(AnalysisError) in
      try TextPerplexity(path: path, model: model)
    }
  }

  /// The refusal vectors, where it has some.
  public var vectors: VectorSet? { request.vectors?.set }

  /// The same sweep with other refusal tokens.
  public func reading(_ tokens: RefusalTokens) -> LayerSweep {
    var sweep = self
    sweep.request.refusalTokens = tokens
    return sweep
  }

  /// The sweep with nothing measured yet.
  public func empty() throws(AnalysisError) -> Ablation {
    Ablation(
      prompts: prompts, points: request.points, refusalTokenIDs: request.refusalTokens.ids,
      refusalTokenTexts: request.refusalTokens.texts, settings: try settings(),
      addedShares: addedShares)
  }

  /// A prompt under each of `variants`, variants innermost.
  func sequences(under variants: [AblationPoint?], _ points: PointInterventions) -> [TokenSequence]
  {
    encoded.flatMap { prompt in
      let positions: Intervention.Positions =
        request.positions == .all ? .all : .from(prompt.queryEnd)
      return variants.map { point in
        TokenSequence(
          tokens: prompt.tokens, readPositions: [prompt.last],
          interventions: point.map { points.interventions($0, positions: positions) } ?? [])
      }
    }
  }

  /// Mean rows, where a point needs them.
  func means(shouldStop: @escaping @Sendable () -> Bool) throws -> BlockMeans? {
    let averaged = request.points.filter { $0.mode == .mean }
    guard !averaged.isEmpty else { return nil }
    let sequences = encoded.map { prompt in
      TokenSequence(
        tokens: prompt.tokens,
        readPositions: request.positions == .all
          ? Array(prompt.tokens.indices) : Array(prompt.queryEnd..<prompt.tokens.count))
    }
    return try BlockMeans(
      of: request.sites, layers: Set(averaged.flatMap(\.window.layers)).sorted(),
      over: sequences, engine: engine, memoryBudget: memoryBudget, shouldStop: shouldStop)
  }
}
