import ModelLibrary
import Numerics
import SteeringEngine

/// An answer that is told from one that says nothing.
public protocol ScoredAnswer {
  /// Whether the judge finds a refusal in it, be it broken or not.
  var isRefusal: Bool { get }
  /// nil for an answer that says something.
  var defect: AnswerDefect? { get set }
  /// How little the model, unsteered, would say it: the mean of -log p over its tokens, in nats; nil
  /// for refusals, for answers with another defect, and before it is known.
  var surprisal: Double? { get set }
}

extension ScoredAnswer {
  public var kind: AnswerKind { AnswerKind(isRefusal: isRefusal, defect: defect) }

  /// Empty for none, as files have it.
  public var defectName: String { defect?.rawValue ?? "" }

  /// Whether its surprisal is to be found: it neither refuses nor says nothing by its text alone.
  var needsSurprisal: Bool { kind == .answer && surprisal == nil }

  /// Calls an answer broken that lies beyond a bound.
  mutating func mark(beyond bound: SurprisalBound?) {
    guard defect == nil, !isRefusal, let bound, let surprisal, surprisal > bound.nats else {
      return
    }
    defect = .improbable
  }
}

/// The surprisal beyond which an answer is none that the unsteered model has.
public struct SurprisalBound: Equatable, Sendable {
  /// What lies between the median and the bound, in nats, and how many answers it takes to know the
  /// median; tuned on the even rows of `data/judge/coherence.csv`.
  static let (margin, fewest) = (2.0, 4)

  public let nats: Double

  /// Two nats above the median of what the unsteered model's own answers have.
  ///
  /// Beyond it lie answers whose tokens are, on average, 7.4 times less likely than its own. nil with
  /// fewer than four answers.
  public init?(unsteered surprisals: [Double]) {
    guard surprisals.count >= Self.fewest, let median = surprisals.median else { return nil }
    nats = median + Self.margin
  }

  init?(unsteered answers: some Sequence<some ScoredAnswer>) {
    self.init(unsteered: answers.compactMap(\.surprisal))
  }
}

extension AnswerGenerator {
  /// Tokens of an answer that are read at most, and those at its beginning that are not.
  ///
  /// Whether an answer refuses is decided in its first words, so those of a refusal that steering turned
  /// are improbable however well the answer goes on.
  private static let (readTokens, openingTokens) = (32, 4)

  /// `[answer]`: the surprisal of texts as answers to prompts, for the model without interventions.
  func surprisals(
    of texts: [String], to prompts: [EncodedPrompt], id: (Int) -> String,
    shouldStop: @escaping @Sendable () -> Bool, progress: (Double) -> Void = { _ in }
  ) throws(AnalysisError) -> [Double] {
    var sequences: [TokenSequence] = []
    var targets: [[Int32]] = []
    for (text, prompt) in zip(texts, prompts) {
      let all: [Int32]
      do throws(ModelError) { all = try model.plainTokens(of: text) } catch { throw .model(error) }
      let room = model.config.nCtx - prompt.tokens.count
      let tokens = all.prefix(Swift.min(Self.readTokens, room))
      let opening = Swift.min(Self.openingTokens, Swift.max(tokens.count - 1, 0))
      let first = prompt.tokens.count - 1
      sequences.append(
        TokenSequence(
          tokens: prompt.tokens + tokens.dropLast(),
          readPositions: Array(first + opening..<first + tokens.count)))
      targets.append(Array(tokens.dropFirst(opening)))
    }
    let losses: [Double?]
    do throws(EngineError) {
      losses = try engine.losses(
        of: sequences, targets: targets, memoryBudget: memoryBudget, shouldStop: shouldStop,
        progress: progress)
    } catch {
      throw error.naming({ (id($0), sequences[$0].tokens) }, TokenTexts(model))
    }
    return try losses.enumerated().map { index, loss throws(AnalysisError) in
      guard let loss else { throw .capability(.notFinite(item: id(index), steered: false)) }
      return loss / Double(Swift.max(targets[index].count, 1))
    }
  }

  /// Finds the surprisal of those answers that need it; `prompts` are what they answer.
  func score<Answer: ScoredAnswer>(
    _ answers: inout [Answer], text: KeyPath<Answer, String>, to prompts: [EncodedPrompt],
    id: (Int) -> String, shouldStop: @escaping @Sendable () -> Bool
  ) throws(AnalysisError) {
    let places = answers.indices.filter { answers[$0].needsSurprisal }
    let found = try surprisals(
      of: places.map { answers[$0][keyPath: text] }, to: places.map { prompts[$0] },
      id: { id(places[$0]) }, shouldStop: shouldStop)
    for (place, surprisal) in zip(places, found) { answers[place].surprisal = surprisal }
  }
}
