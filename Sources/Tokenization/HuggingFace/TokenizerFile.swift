/// What a Hugging Face `tokenizer.json` describes, its model read and its steps compiled.
struct TokenizerFile {
  var model: PipelineTokenizer.Model
  var vocabulary: PieceVocabulary
  var steps: PipelineTokenizer.Steps
  var addedTokens: AddedTokenList
  /// The token of what cannot be spelled.
  var unknown: Int32?
  /// The tokens that the post-processor puts around a text.
  var surrounding: PostProcessor
  var source: String

  /// Reads the file's content; `source` names it in messages.
  init(_ bytes: [UInt8], source: String) throws(TokenizerError) {
    let root = try FileComponent(parsing: bytes, source: source)
    guard let modelPart = try root.component("model") else {
      throw .invalidFile(problem: "it has no model", source: source)
    }
    self.source = source
    steps = PipelineTokenizer.Steps()
    if let part = try root.component("normalizer") { steps.normalizers = try part.normalizers() }
    if let part = try root.component("pre_tokenizer") { steps.splits = try part.splits() }
    if let part = try root.component("decoder") { steps.decoder = try part.decoder() }
    let isByteLevel = try Self.isByteLevel(steps.splits, root)
    let read = try modelPart.model(isByteLevel: isByteLevel)
    (model, vocabulary, unknown) = (read.model, read.vocabulary, read.unknown)
    addedTokens = AddedTokenList(vocabulary: vocabulary, source: source)
    if root.value["added_tokens"] != nil {
      for part in try root.components("added_tokens") { try addedTokens.add(part.addedToken()) }
    }
    surrounding = try root.component("post_processor")?.postProcessor() ?? PostProcessor()
  }

  private static func isByteLevel(
    _ splits: [SplitStep], _ root: FileComponent
  ) throws(TokenizerError) -> Bool {
    let index = splits.firstIndex { step in
      if case .byteLevel = step { true } else { false }
    }
    guard let index else { return false }
    guard index == splits.count - 1 else {
      throw root.unsupported(option: "a pre-tokenizer after ByteLevel")
    }
    return true
  }

  /// The tokenizer with `special` ids.
  func tokenizer(_ special: SpecialTokens) throws(TokenizerError) -> PipelineTokenizer {
    try PipelineTokenizer(
      model: model, vocabulary: vocabulary, steps: steps, addedTokens: addedTokens.tokens,
      special: special, source: source)
  }
}

/// The added tokens of a vocabulary, in the order they were added.
struct AddedTokenList {
  private(set) var tokens: [AddedToken] = []
  private var positions: [[UInt8]: Int] = [:]
  private let vocabulary: PieceVocabulary
  private let source: String
  private var nextID: Int32

  init(vocabulary: PieceVocabulary, source: String) {
    self.vocabulary = vocabulary
    self.source = source
    nextID = Int32(vocabulary.assignedCount)
  }

  /// The id of a token, added or of the vocabulary.
  func id(of content: [UInt8]) -> Int32? {
    positions[content].map { tokens[$0].id } ?? vocabulary.find(content)
  }

  /// Whether a token with this content was added.
  func contains(_ content: [UInt8]) -> Bool { positions[content] != nil }

  /// Adds a token or changes how it is matched; its id must be the one that it has already or, for
  /// a new one, the next that is free, as Hugging Face's library gives them out.
  mutating func add(_ token: AddedToken) throws(TokenizerError) {
    guard !token.content.isEmpty else { return }
    let expected = id(of: token.content) ?? nextID
    guard token.id == expected else {
      throw .invalidVocabulary(
        problem: "the added token '\(printable(token.content))' has the id \(token.id) where "
          + "\(expected) is due",
        source: source)
    }
    if let position = positions[token.content] {
      // As in Hugging Face's library, what was special once stays so.
      let wasSpecial = tokens[position].isSpecial
      tokens[position] = token
      tokens[position].isSpecial = token.isSpecial || wasSpecial
    } else {
      positions[token.content] = tokens.count
      tokens.append(token)
      nextID = max(nextID, token.id + 1)
    }
  }
}
