import ModelLibrary
import Tokenization

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
