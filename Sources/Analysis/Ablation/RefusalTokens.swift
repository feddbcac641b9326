import Foundation
import ModelLibrary
import Numerics
import Prompts
import SteeringEngine
import Tokenization

/// The tokens that a refusal begins with.
public struct RefusalTokens: Hashable, Sendable {
  /// Where they come from.
  public enum Origin: Hashable, Sendable {
    /// How refusals are said to begin.
    case openings
    /// So many refusals and other answers of the model itself, which their probability tells apart with
    /// this area under the ROC curve.
    case answers(refusals: Int, others: Int, rocAUC: Double)
  }

  /// How refusals begin where nothing is said and the model's own answers do not tell.
  public static let openings = ["I cannot", "Sorry", "Unfortunately", "As an AI"]

  /// Ascending.
  public let ids: [Int]
  /// [id]: the tokens' texts.
  public let texts: [String]
  public let origin: Origin

  /// Takes the first token of each opening; openings may share one.
  public init(openings: [String], model: LanguageModel) throws(AnalysisError) {
    var ids: Set<Int> = []
    for opening in openings {
      let tokens: [Int32]
      do throws(TokenizerError) { tokens = try model.tokenizer.encode(opening) } catch {
        throw .model(.tokenizer(path: model.path, error))
      }
      guard let first = tokens.first else { throw .ablation(.noRefusalToken(opening: opening)) }
      ids.insert(Int(first))
    }
    self.init(ids.sorted(), origin: .openings, model: model)
  }

  /// Those of a sweep that is gone on with.
  public init(of sweep: Ablation, model: LanguageModel) {
    self.init(sweep.refusalTokenIDs, origin: .openings, model: model)
  }

  private init(_ ids: [Int], origin: Origin, model: LanguageModel) {
    self.ids = ids
    self.origin = origin
    let texts = TokenTexts(model)
    self.texts = ids.map { texts.text(of: $0) }
  }
}

extension RefusalTokens {
  /// Prompts that are answered at most, and how many refusals and other answers it takes at least.
  private static let (promptsRead, fewest) = (64, 3)
  /// The mean probability of a refusal token before refusals at least.
  private static let leastProbability = 0.01

  /// Finds the tokens that the model's own refusals begin with, and its other answers do not.
  ///
  /// The model answers some of the prompts as it is, and the judge tells refusals from answers; tokens
  /// with 1% or more before refusals are candidates. nil with fewer than three refusals or three other
  /// answers, and where no token is likelier before refusals.
  public init?(
    foundIn prompts: [Prompt], model: LanguageModel, engine: SteeringEngine, format: PromptFormat,
    judge: RefusalJudge, maxNewTokens: Int = 24, memoryBudget: Int,
    shouldStop: @escaping @Sendable () -> Bool
  ) throws(AnalysisError) {
    let sample = PromptSample.drawn(Self.promptsRead, seed: 0)
    let drawn = sample.indices(of: prompts.map { $0.label ?? "" }).map { prompts[$0] }
    let sequences = try model.encode(drawn, format: format).map {
      TokenSequence(tokens: $0.tokens, readPositions: [$0.last])
    }
    let generator = AnswerGenerator(
      model: model, engine: engine, judge: judge,
      options: AnswerOptions(maxNewTokens: maxNewTokens), memoryBudget: memoryBudget)
    let kinds = try generator.answers(
      to: sequences.map(AnswerRequest.init), prompt: { drawn[$0] }, shouldStop: shouldStop
    ).map(\.kind)
    let counts = [AnswerKind.refusal, .answer].map { kind in kinds.count { $0 == kind } }
    guard counts.allSatisfy({ $0 >= Self.fewest }) else { return nil }
    let probabilities: [[Float]?]
    do throws(EngineError) {
      let rows = try engine.lastRows(
        sequences, memoryBudget: memoryBudget, shouldStop: shouldStop)
      probabilities = try engine.reduceScores(of: rows, shouldStop: shouldStop) { _, scores in
        let logSum = scores.logSum
        return scores.map { Float(exp(Double($0) - logSum)) }
      }
    } catch {
      throw error.naming({ (drawn[$0].id, sequences[$0].tokens) }, TokenTexts(model))
    }
    var (rows, isRefusal): ([[Float]], [Bool]) = ([], [])
    for (place, kind) in kinds.enumerated() where kind != .broken {
      guard let row = probabilities[place] else {
        throw .ablation(.notFinite(point: nil, prompt: drawn[place].id))
      }
      rows.append(row)
      isRefusal.append(kind == .refusal)
    }
    guard let found = Self.telling(rows, isRefusal: isRefusal) else { return nil }
    self.init(
      found.ids.sorted(),
      origin: .answers(refusals: counts[0], others: counts[1], rocAUC: found.rocAUC), model: model)
  }

  /// The tokens whose probability together tells refusals from other answers best, by the area under the
  /// ROC curve; nil where no token is likelier before refusals.
  ///
  /// Candidates are in the order of how much likelier they are before refusals, and the best number of
  /// them is taken; of equally good ones the largest, which leaves less of the refusals out.
  /// `probabilities` are `[answer][dVocab]` at the first answer token.
  package static func telling(
    _ probabilities: [[Float]], isRefusal: [Bool]
  ) -> (ids: [Int], rocAUC: Double)? {
    func means(_ wanted: Bool) -> [Double] {
      mean(ofRows: zip(probabilities, isRefusal).filter { $0.1 == wanted }.map(\.0)) ?? []
    }
    let (refusing, answering) = (means(true), means(false))
    guard refusing.count == answering.count else { return nil }
    let candidates = refusing.indices.filter {
      refusing[$0] >= leastProbability && refusing[$0] > answering[$0]
    }.sorted { refusing[$0] * answering[$1] > refusing[$1] * answering[$0] }
    var sums = probabilities.map { _ in 0.0 }
    var best: (count: Int, rocAUC: Double)?
    for (place, id) in candidates.enumerated() {
      for row in probabilities.indices { sums[row] += Double(probabilities[row][id]) }
      guard let area = RankedScores(scores: sums, isPositive: isRefusal)?.rocAUC else { continue }
      if let best, best.rocAUC > area { continue }
      best = (place + 1, area)
    }
    return best.map { (Array(candidates.prefix($0.count)), $0.rocAUC) }
  }
}
