import Foundation
import ModelLibrary
import Tokenization

/// What the scores over the vocabulary at the first answer token say.
///
/// Exponentials are float32 where they are many, sums are in double precision.
struct FirstToken: Sendable {
  /// log P(refusal) - log P(anything else): the log-odds that the answer begins with one of the
  /// refusal tokens.
  let refusalLogOdds: Double
  /// log Σ exp(score).
  let logSum: Double

  /// Reads finite scores `[dVocab]`; `refusals` are ids, ascending.
  init(_ scores: UnsafeBufferPointer<Float>, refusals: [Int]) {
    let highest = scores.highest
    var (refusing, other) = (0.0, 0.0)
    var start = 0
    for id in refusals + [scores.count] {
      // Refusals stay out of the sum of the others, so that no difference loses digits.
      other += scores.exponentialSum(start..<id, highest: highest)
      if id < scores.count { refusing += exp(Double(scores[id]) - Double(highest)) }
      start = id + 1
    }
    refusalLogOdds = log(refusing) - log(other)
    logSum = Double(highest) + log(refusing + other)
  }
}

/// The tokens that a refusal begins with.
public struct RefusalTokens: Hashable, Sendable {
  /// How refusals begin, if nothing else is said.
  public static let openings = ["I cannot", "Sorry", "Unfortunately", "As an AI"]

  /// Ascending.
  public let ids: [Int]
  /// [id]: the tokens' texts.
  public let texts: [String]

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
    self.ids = ids.sorted()
    let texts = TokenTexts(model)
    self.texts = self.ids.map { texts.text(of: $0) }
  }
}
