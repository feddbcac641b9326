import ModelLibrary
import Prompts
import SteeringEngine
import Synchronization

/// How fast answers are generated, as the model is and steered by SCANS's rule.
///
/// Rounds without and with steering take turns, on the same prompts; each generates the same number of
/// tokens whatever the model says. Round r takes the next prompts of the list, from its beginning
/// again after its end. Signs are found before and not timed.
public struct DecodeSpeed: Sendable {
  /// What to time.
  public struct Request: Sendable {
    /// Answers that are generated together, for each measurement.
    public var rows: [Int]
    public var rounds: Int
    /// Tokens of an answer.
    public var newTokens: Int
    public var format: PromptFormat

    public init(rows: [Int], rounds: Int, newTokens: Int, format: PromptFormat) {
      self.rows = rows
      self.rounds = rounds
      self.newTokens = newTokens
      self.format = format
    }
  }

  private let model: LanguageModel
  private let engine: SteeringEngine
  private let rule: SteeringRule?
  private let request: Request
  private let memoryBudget: Int

  public init(
    model: LanguageModel, engine: SteeringEngine, rule: SteeringRule?, request: Request,
    memoryBudget: Int
  ) {
    self.model = model
    self.engine = engine
    self.rule = rule
    self.request = request
    self.memoryBudget = memoryBudget
  }

  /// Times answers to `prompts`; `progress` gets the share that is done, in 0...1.
  public func run(
    _ prompts: [Prompt], shouldStop: @escaping @Sendable () -> Bool = { false },
    progress: (Double) -> Void = { _ in }
  ) throws(AnalysisError) -> SpeedFindings {
    let sequences = try sequences(of: prompts, shouldStop)
    let work = request.rows.reduce(0, +) * (2 * request.rounds + 1)
    var (done, runs): (Int, [SpeedFindings.Run]) = (0, [])
    for rows in request.rows {
      // Weights are packed in the first run, which is therefore not kept.
      for round in -1..<request.rounds {
        let chosen = (0..<rows).map { (max(round, 0) * rows + $0) % prompts.count }
        for variant in sequences.indices where round >= 0 || variant == 0 {
          let run = try time(chosen.map { sequences[variant][$0] }, shouldStop)
          if round >= 0 {
            runs.append(
              SpeedFindings.Run(rows: rows, round: round, variant: variant, figures: run))
          }
          done += rows
          progress(Double(done) / Double(work))
        }
      }
    }
    return SpeedFindings(runs: runs, rows: request.rows, isSteered: rule != nil)
  }

  /// `[variant][prompt]`.
  private func sequences(
    of prompts: [Prompt], _ shouldStop: @escaping @Sendable () -> Bool
  ) throws(AnalysisError) -> [[TokenSequence]] {
    let encoded = try model.encode(prompts, format: request.format, steered: rule != nil)
    guard let rule else { return [encoded.map(Self.plain)] }
    let signs = try rule.sign.signs(
      of: prompts, model: model, engine: engine, format: request.format,
      memoryBudget: memoryBudget, shouldStop: shouldStop)
    let steered = zip(encoded, signs).map { prompt, sign in
      TokenSequence(
        tokens: prompt.tokens, readPositions: [],
        interventions: rule.addition.interventions(sigma: sign.sigma, queryEnd: prompt.queryEnd))
    }
    return [encoded.map(Self.plain), steered]
  }

  private static func plain(_ prompt: EncodedPrompt) -> TokenSequence {
    TokenSequence(tokens: prompt.tokens, readPositions: [])
  }

  private func time(
    _ sequences: [TokenSequence], _ shouldStop: @escaping @Sendable () -> Bool
  ) throws(AnalysisError) -> SpeedFindings.Figures {
    let watch = TokenWatch()
    PeakMemory.reset()
    let answers: [GeneratedText]
    do throws(EngineError) {
      answers = try engine.generate(
        sequences,
        options: GenerationOptions(
          maxNewTokens: request.newTokens, stopTokens: [], batchRows: sequences.count),
        memoryBudget: memoryBudget,
        isSettled: { _, tokens in
          watch.see(isFirst: tokens.count == 1)
          return false
        }, shouldStop: shouldStop)
    } catch {
      throw error.naming(
        { ("number \($0 + 1) of a batch", sequences[$0].tokens) }, TokenTexts(model))
    }
    let times = watch.times
    return SpeedFindings.Figures(
      tokens: answers.reduce(0) { $0 + $1.tokens.count }, answers: answers.count,
      promptSeconds: times.first, decodeSeconds: times.last - times.first,
      peakBytes: PeakMemory.bytes)
  }
}

/// Sees when tokens arrive, from several threads.
private final class TokenWatch: Sendable {
  private let start = ContinuousClock.now
  private let seen = Mutex((first: 0.0, last: 0.0))

  /// Seconds from the start until every answer had its first token, and until the last token.
  var times: (first: Double, last: Double) { seen.withLock { $0 } }

  func see(isFirst: Bool) {
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    seen.withLock { seen in
      if isFirst { seen.first = seconds }
      seen.last = seconds
    }
  }
}
