/// A byte-level byte-pair encoding: the tokenizer of GPT-2, SmolLM2, Llama 3 and Qwen 2.
///
/// Text is cut at control and user-defined tokens, then into words by the family's pattern, and
/// inside each word bytes merge into tokens. Every valid text can be encoded as long as the
/// vocabulary has all its bytes, and decoding gives the text back exactly (for `qwen2`, its
/// normalisation form C).
///
/// Ids are meant to equal those of Hugging Face's `tokenizers` for the same vocabulary, but for
/// bytes without a token: it drops them silently, here they are an error.
public final class BytePairTokenizer: Tokenizer {
  /// The GGUF names (`tokenizer.ggml.pre`) of the pre-tokenizers that are supported.
  public static let supportedPreTokenizers = PreTokenizer.allCases.map(\.rawValue)

  public let specialTokens: SpecialTokens

  let preTokenizer: PreTokenizer
  let vocabulary: BytePairVocabulary
  let words: WordRule
  /// Finds words that are tokens, for families that take those whole.
  let wholeWords: TokenIndex?
  /// The tokens matched in text when control tokens are parsed.
  let allLiterals: LiteralTokenTrie
  /// The tokens matched in text when they are not.
  let userLiterals: LiteralTokenTrie
  let source: String

  /// Checks the vocabulary of `model` and builds the tables for encoding.
  ///
  /// - Complexity: O(*n*) in the bytes of tokens and merges; about 15 ms for 49,000 of each.
  public init(_ model: BytePairModel) throws(TokenizerError) {
    guard let name = model.preTokenizer else { throw .unnamedPreTokenizer(source: model.source) }
    guard let preTokenizer = PreTokenizer(named: name) else {
      throw .unsupportedPreTokenizer(name: name, source: model.source)
    }
    let vocabulary = try BytePairVocabulary(model)
    let specialTokens = SpecialTokens(
      bos: model.bos, eos: model.eos, unknown: model.unknown, padding: model.padding,
      addsBOS: model.addsBOS ?? preTokenizer.addsBOSByDefault, addsEOS: model.addsEOS ?? false)
    for (name, id) in specialTokens.named where !vocabulary.contains(id) {
      throw model.invalid("the \(name) id is \(id) but there are \(vocabulary.count) tokens")
    }
    self.preTokenizer = preTokenizer
    self.specialTokens = specialTokens
    self.vocabulary = vocabulary
    source = model.source
    words = try WordRule(preTokenizer)
    wholeWords = preTokenizer.takesWholeWords ? vocabulary.indexOfWords() : nil
    allLiterals = vocabulary.trie { $0.isLiteral }
    userLiterals = vocabulary.trie { $0 == .userDefined }
  }

  public var vocabularySize: Int { vocabulary.count }

  public func bytes(of id: Int32) throws(TokenizerError) -> [UInt8] {
    try check(id)
    return Array(vocabulary.bytes[Int(id)])
  }

  public func isControl(_ id: Int32) throws(TokenizerError) -> Bool {
    try check(id)
    return vocabulary.types[Int(id)].isControl
  }

  private func check(_ id: Int32) throws(TokenizerError) {
    guard vocabulary.contains(id) else {
      throw .unknownID(id, vocabularySize: vocabulary.count)
    }
  }
}

extension BytePairVocabulary {
  /// The tokens whose type passes `isIncluded`, to be found in text.
  fileprivate func trie(_ isIncluded: (TokenType) -> Bool) -> LiteralTokenTrie {
    var trie = LiteralTokenTrie()
    for id in types.indices where isIncluded(types[id]) { trie.insert(bytes[id], id: Int32(id)) }
    return trie
  }

  /// The ordinary tokens by their bytes.
  fileprivate func indexOfWords() -> TokenIndex {
    var index = TokenIndex(capacity: count)
    for id in types.indices where isSpelled[id] { _ = index.insert(id, of: bytes) }
    return index
  }
}
