/// What a SentencePiece `tokenizer.model` holds: a protocol-buffers message `ModelProto`.
///
/// Field numbers from SentencePiece's `sentencepiece_model.proto`.
struct SentencePieceFile {
  /// The vocabulary with transformers' order of merges.
  var model: SentencePieceModel
  /// Whether a space is put in front of text.
  var addsPrefixSpace = true

  private var isBytePair = false
  private var usesCharacterMap = false
  private var fallsBackToBytes = false
  /// Roles of ids; -1 means that the model has none.
  private var ids = (unknown: 0, bos: 1, eos: 2, padding: -1)

  /// Reads the file's content; `source` names it in messages.
  init(_ bytes: [UInt8], source: String) throws(TokenizerError) {
    model = SentencePieceModel(
      pieces: PackedByteStrings(), scores: [], types: [], mergeOrder: .idsShorterLeftFirst,
      source: source)
    var message = ProtocolBuffer(bytes[...], source: source)
    while let field = try message.next() {
      switch field {
      case (1, .bytes(let piece)): try readPiece(piece)
      case (2, .bytes(let specification)): try readTrainer(specification)
      case (3, .bytes(let specification)): try readNormalizer(specification)
      default: continue
      }
    }
    try check()
    model.special = try special()
  }

  private mutating func readPiece(_ bytes: ArraySlice<UInt8>) throws(TokenizerError) {
    var message = ProtocolBuffer(bytes, source: model.source)
    var piece: ArraySlice<UInt8> = []
    var score: Float = 0
    var type: Int32 = 1
    while let field = try message.next() {
      switch field {
      case (1, .bytes(let bytes)): piece = bytes
      case (2, .fixed32(let bits)): score = Float(bitPattern: bits)
      case (3, .integer(let value)): type = Int32(clamping: value)
      default: continue
      }
    }
    guard String(validating: piece, as: UTF8.self) != nil else {
      throw model.invalid("token \(model.pieces.count) is not UTF-8 text")
    }
    model.pieces.append(piece)
    model.scores.append(score)
    model.types.append(type)
  }

  private mutating func readTrainer(_ bytes: ArraySlice<UInt8>) throws(TokenizerError) {
    var message = ProtocolBuffer(bytes, source: model.source)
    while let field = try message.next() {
      switch field {
      case (3, .integer(let kind)): isBytePair = kind == 2
      case (35, .integer(let flag)): fallsBackToBytes = flag != 0
      case (40, .integer(let id)): ids.unknown = Int(truncatingIfNeeded: id)
      case (41, .integer(let id)): ids.bos = Int(truncatingIfNeeded: id)
      case (42, .integer(let id)): ids.eos = Int(truncatingIfNeeded: id)
      case (43, .integer(let id)): ids.padding = Int(truncatingIfNeeded: id)
      default: continue
      }
    }
  }

  private mutating func readNormalizer(_ bytes: ArraySlice<UInt8>) throws(TokenizerError) {
    var message = ProtocolBuffer(bytes, source: model.source)
    while let field = try message.next() {
      switch field {
      case (2, .bytes(let map)): usesCharacterMap = !map.isEmpty
      case (3, .integer(let flag)): addsPrefixSpace = flag != 0
      default: continue
      }
    }
  }

  private func check() throws(TokenizerError) {
    guard model.pieces.count > 0 else { throw model.invalid("it has no tokens") }
    func unsupported(_ what: String) -> TokenizerError {
      .unsupportedComponent(what, source: model.source)
    }
    guard isBytePair else {
      throw unsupported("a SentencePiece model that is not of the byte-pair kind")
    }
    guard fallsBackToBytes else { throw unsupported("a SentencePiece model without byte tokens") }
    guard !usesCharacterMap else { throw unsupported("a SentencePiece map of characters") }
  }

  private func special() throws(TokenizerError) -> SpecialTokens {
    func id(_ id: Int, _ name: String) throws(TokenizerError) -> Int32? {
      if id < 0 { return nil }
      guard id < model.pieces.count else {
        throw model.invalid("the \(name) id is \(id) but there are \(model.pieces.count) tokens")
      }
      return Int32(id)
    }
    return SpecialTokens(
      bos: try id(ids.bos, "BOS"), eos: try id(ids.eos, "EOS"),
      unknown: try id(ids.unknown, "unknown"), padding: try id(ids.padding, "padding"))
  }
}
