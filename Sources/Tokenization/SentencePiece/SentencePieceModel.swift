/// A SentencePiece vocabulary of the byte-pair kind, independent of the file it comes from: that of
/// a GGUF file whose `tokenizer.ggml.model` is `llama`, or of a `tokenizer.model`.
public struct SentencePieceModel: Sendable {
  /// Which stretches of text between control tokens get a space in front.
  public enum Prefix: Sendable {
    /// None, as in Gemma.
    case never
    /// What a text begins with, unless it begins with a space or a control token: Hugging Face's
    /// rule for Llama where the configuration does not say `legacy`.
    case first
    /// Every stretch that does not begin with a space: the same where it says `legacy`.
    case always
    /// Every stretch, whatever it begins with: SentencePiece's own rule, llama.cpp's, and that of
    /// the published `tokenizer.json` of Llama 2, Mistral and Phi 3.
    case everySegment
  }

  /// Which of two possible merges comes first.
  public enum MergeOrder: Sendable {
    /// The one whose result has the better score.
    case scores
    /// The one whose result has the lower id; of those with the same result, the one with the
    /// longer left part. Gemma's scores do not follow its merges but its ids do.
    case ids
    /// The same, but with the shorter left part; how transformers 5 reads a `tokenizer.model`.
    case idsShorterLeftFirst
  }

  /// The pieces, with U+2581 for a space; the position is the id.
  public var pieces: PackedByteStrings
  /// One score for each piece; not needed where ids give the order.
  public var scores: [Float]
  /// The raw value of `TokenType` for each piece.
  public var types: [Int32]
  public var prefix: Prefix
  public var mergeOrder: MergeOrder
  public var special: SpecialTokens
  /// The file's name, for messages.
  public var source: String

  /// Groups the lists, with the rules of llama.cpp.
  public init(
    pieces: PackedByteStrings, scores: [Float], types: [Int32], prefix: Prefix = .everySegment,
    mergeOrder: MergeOrder = .scores, special: SpecialTokens = SpecialTokens(), source: String
  ) {
    self.pieces = pieces
    self.scores = scores
    self.types = types
    self.prefix = prefix
    self.mergeOrder = mergeOrder
    self.special = special
    self.source = source
  }

  func invalid(_ problem: String) -> TokenizerError {
    .invalidVocabulary(problem: problem, source: source)
  }
}

extension SentencePieceModel {
  /// U+2581, which stands for a space.
  static let mark = Array("\u{2581}".utf8)

  private static let space = [UInt8(ascii: " ")]

  /// The kinds of the pieces.
  func checkedTypes() throws(TokenizerError) -> [TokenType] {
    guard types.count == pieces.count else {
      throw invalid("\(pieces.count) tokens but \(types.count) token types")
    }
    if mergeOrder == .scores, scores.count != pieces.count {
      throw invalid("\(pieces.count) tokens but \(scores.count) scores")
    }
    var checked: [TokenType] = []
    checked.reserveCapacity(types.count)
    for (id, raw) in types.enumerated() {
      guard let type = TokenType(rawValue: raw) else {
        throw invalid("token \(id) has the unknown type \(raw)")
      }
      checked.append(type)
    }
    return checked
  }

  /// The vocabulary; runs of spaces, as Gemma's GGUF files have them, are spelled with marks.
  func vocabulary() throws(TokenizerError) -> PieceVocabulary {
    var entries: [(id: Int, piece: ArraySlice<UInt8>)] = []
    entries.reserveCapacity(pieces.count)
    for id in 0..<pieces.count {
      let piece = pieces[id]
      let isSpaces = !piece.isEmpty && piece.allSatisfy { $0 == UInt8(ascii: " ") }
      let spelled =
        isSpaces ? Array(repeatElement(Self.mark, count: piece.count).joined())[...] : piece
      entries.append((id, spelled))
    }
    return try PieceVocabulary(entries, source: source)
  }

  /// The tokens that are matched in text as they are: control, unknown and user-defined ones.
  func addedTokens() throws(TokenizerError) -> AddedTokenList {
    let vocabulary = try vocabulary()
    var list = AddedTokenList(vocabulary: vocabulary, source: source)
    for (id, type) in try checkedTypes().enumerated() where type.isLiteral {
      let content = Array(vocabulary.pieces[id])
      guard content[...] == pieces[id] else { continue }
      try list.add(AddedToken(id: Int32(id), content: content, isSpecial: type.isControl))
    }
    return list
  }

  /// How text becomes words, and pieces text.
  func steps() -> PipelineTokenizer.Steps {
    var steps = PipelineTokenizer.Steps()
    let marksSpaces = NormalizerStep.replace(.literal(Self.space), content: Self.mark)
    switch prefix {
    case .never: steps.normalizers = [marksSpaces]
    case .everySegment: steps.normalizers = [.prepend(Self.mark), marksSpaces]
    case .first: steps.splits = [.metaspace(mark: Self.mark, .first, cuts: false)]
    case .always: steps.splits = [.metaspace(mark: Self.mark, .always, cuts: false)]
    }
    steps.decoder.readsBytes = true
    steps.decoder.replacements = [(.literal(Self.mark), Self.space)]
    if prefix != .never { steps.decoder.trim = .prefix(Self.space, count: 1) }
    return steps
  }
}

extension PipelineTokenizer {
  /// Builds the tokenizer of a SentencePiece vocabulary.
  public convenience init(sentencePiece model: SentencePieceModel) throws(TokenizerError) {
    try self.init(model, addedTokens: model.addedTokens())
  }

  /// Builds the tokenizer of a SentencePiece vocabulary with the added tokens in `list`.
  convenience init(
    _ model: SentencePieceModel, addedTokens list: AddedTokenList
  ) throws(TokenizerError) {
    let vocabulary = try model.vocabulary()
    let types = try model.checkedTypes()
    var special = model.special
    special.unknown = special.unknown ?? types.firstIndex(of: .unknown).map { Int32($0) }
    var options = BytePairPieces.Options()
    options.fallsBackToBytes = true
    options.fusesUnknown = true
    options.unknown = special.unknown
    let merges = model.merges(vocabulary)
    try self.init(
      model: .bytePair(BytePairPieces(vocabulary, merges: merges, options: options)),
      vocabulary: vocabulary, steps: model.steps(), addedTokens: list.tokens, special: special,
      source: model.source)
  }
}
