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
    /// So many refusals and other answers of the model itself.
    case answers(refusals: Int, others: Int)
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
  /// The mean probability of a refusal token before refusals at least, and how often that before other
  /// answers.
  private static let (leastProbability, leastRatio) = (0.01, 4.0)

  /// Finds the tokens that the model's own refusals begin with, and its other answers do not.
  ///
  /// The model answers some of the prompts as it is, and the judge tells refusals from answers. A token
  /// is taken whose mean probability at the first answer token is at least 1% where the model refuses,
  /// and four times that where it does not. nil with fewer than three refusals or three other answers,
  /// and where no token tells them apart.
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
    func means(_ wanted: AnswerKind) throws(AnalysisError) -> [Double] {
      var rows: [[Float]] = []
      for (place, kind) in kinds.enumerated() where kind == wanted {
        guard let row = probabilities[place] else {
          throw .ablation(.notFinite(point: nil, prompt: drawn[place].id))
        }
        rows.append(row)
      }
      return mean(ofRows: rows) ?? []
    }
    let found = Self.telling(refusing: try means(.refusal), answering: try means(.answer))
    guard !found.isEmpty else { return nil }
    self.init(found, origin: .answers(refusals: counts[0], others: counts[1]), model: model)
  }

  /// The tokens whose mean probability at the first answer token is high where the model refuses, and much
  /// lower where it answers; both are by id.
  package static func telling(refusing: [Double], answering: [Double]) -> [Int] {
    refusing.indices.filter { id in
      refusing[id] >= leastProbability && refusing[id] >= leastRatio * answering[id]
    }
  }
}
