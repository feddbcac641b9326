/// A tokenizer in the steps of Hugging Face's `tokenizers`: added tokens, normalizers,
/// pre-tokenizers, then byte-pair or unigram encoding of each word.
///
/// Ids are meant to equal those of that library for the same file, but for characters without a
/// token where the file names no unknown token: it drops them silently, here they are an error.
public final class PipelineTokenizer: Tokenizer {
  /// How words become ids.
  enum Model: Sendable {
    case bytePair(BytePairPieces)
    case unigram(UnigramPieces)
  }

  /// The steps, as read from a file.
  struct Steps: Sendable {
    var normalizers: [NormalizerStep] = []
    var splits: [SplitStep] = []
    var decoder = TokenDecoder()
  }

  public let specialTokens: SpecialTokens

  let model: Model
  let steps: Steps
  /// The added tokens that are matched in text as it comes.
  let plainTokens: AddedTokenFinder
  /// The added tokens that are matched in normalized text.
  let normalizedTokens: AddedTokenFinder
  let source: String

  private let tokenBytes: PackedByteStrings
  private let areControl: [Bool]

  /// Puts the parts together; `special` holds ids that the vocabulary has.
  init(
    model: Model, vocabulary: PieceVocabulary, steps: Steps, addedTokens: [AddedToken],
    special: SpecialTokens, source: String
  ) throws(TokenizerError) {
    self.model = model
    self.steps = steps
    self.source = source
    specialTokens = special
    let added = Dictionary(addedTokens.map { ($0.id, $0) }) { _, last in last }
    let count = max(vocabulary.count, Int((added.keys.max() ?? -1)) + 1)
    for (name, id) in special.named where id < 0 || id >= count {
      throw .invalidVocabulary(
        problem: "the \(name) id is \(id) but there are \(count) tokens", source: source)
    }
    var bytes = PackedByteStrings(reservingCapacity: count)
    var areControl = [Bool](repeating: false, count: count)
    for id in 0..<count {
      if let token = added[Int32(id)] {
        bytes.append(token.content)
        areControl[id] = token.isSpecial
      } else if id < vocabulary.count {
        bytes.append(try steps.decoder.bytes(of: vocabulary.pieces[id]))
        areControl[id] = vocabulary.pieces[id].isEmpty
      } else {
        bytes.append([])
        areControl[id] = true
      }
    }
    if let unknown = special.unknown { areControl[Int(unknown)] = true }
    tokenBytes = bytes
    self.areControl = areControl
    var finders = (plain: AddedTokenFinder(), normalized: AddedTokenFinder())
    for token in addedTokens {
      if token.isNormalized {
        finders.normalized.insert(token, pattern: try steps.normalize(token.content))
      } else {
        finders.plain.insert(token, pattern: token.content)
      }
    }
    (plainTokens, normalizedTokens) = finders
  }

  public var vocabularySize: Int { tokenBytes.count }

  public func bytes(of id: Int32) throws(TokenizerError) -> [UInt8] {
    Array(tokenBytes[try checked(id)])
  }

  public func isControl(_ id: Int32) throws(TokenizerError) -> Bool { areControl[try checked(id)] }

  public func decodeBytes(_ ids: some Sequence<Int32>) throws(TokenizerError) -> [UInt8] {
    var result: [UInt8] = []
    for (position, id) in ids.enumerated() {
      var token = tokenBytes[try checked(id)]
      if position == 0, case .spacesOfFirstToken = steps.decoder.trim {
        token = token.drop { $0 == UInt8(ascii: " ") }
      }
      result += token
    }
    if case .prefix(let prefix, let count) = steps.decoder.trim {
      var trimmed = 0
      while trimmed < count, result.starts(with: prefix) {
        result.removeFirst(prefix.count)
        trimmed += 1
      }
    }
    return result
  }

  private func checked(_ id: Int32) throws(TokenizerError) -> Int {
    guard id >= 0, Int(id) < vocabularySize else {
      throw .unknownID(id, vocabularySize: vocabularySize)
    }
    return Int(id)
  }
}

extension PipelineTokenizer.Steps {
  /// What the normalizers make of `text`.
  func normalize(_ text: [UInt8]) throws(TokenizerError) -> [UInt8] {
    let limit = TextGrowth.limit(of: text.count)
    var text = text
    for step in normalizers { text = try step.apply(to: text, limit: limit) }
    return text
  }
}
