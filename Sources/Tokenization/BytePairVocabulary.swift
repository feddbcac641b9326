/// A checked vocabulary: what each id stands for, and what merges into what.
struct BytePairVocabulary: Sendable {
  /// The bytes each token stands for.
  private(set) var bytes = PackedByteStrings()
  /// Whether each token is spelled with the byte alphabet, so that text can merge into it.
  private(set) var isSpelled: [Bool] = []
  /// The kind of each token.
  let types: [TokenType]
  /// The token of each single byte, -1 where the vocabulary has none.
  private(set) var byteIDs = [Int32](repeating: -1, count: 256)
  /// What neighbouring tokens merge into.
  private(set) var merges: MergeTable

  /// Reads the lists of `model`; the first contradiction in them is thrown.
  init(_ model: BytePairModel) throws(TokenizerError) {
    types = try Self.types(of: model)
    merges = try Self.merges(of: model, index: Self.index(of: model))
    readBytes(of: model.tokens)
    for id in types.indices where isSpelled[id] && bytes.range(of: id).count == 1 {
      if let byte = bytes[id].first { byteIDs[Int(byte)] = Int32(id) }
    }
  }

  /// How many tokens there are.
  var count: Int { types.count }

  /// Whether `id` belongs to a token.
  func contains(_ id: Int32) -> Bool { id >= 0 && Int(id) < count }

  private static func types(of model: BytePairModel) throws(TokenizerError) -> [TokenType] {
    let count = model.tokens.count
    guard count > 0 else { throw model.invalid("it has no tokens") }
    guard count < Int(Int32.max) else { throw model.invalid("it has \(count) tokens") }
    if model.tokenTypes.isEmpty { return Array(repeating: .normal, count: count) }
    guard model.tokenTypes.count == count else {
      throw model.invalid("\(count) tokens but \(model.tokenTypes.count) token types")
    }
    var types: [TokenType] = []
    types.reserveCapacity(count)
    for (id, raw) in model.tokenTypes.enumerated() {
      guard let type = TokenType(rawValue: raw) else {
        throw model.invalid("token \(id) has the unknown type \(raw)")
      }
      guard type != .byte else {
        throw model.invalid("token \(id) is a SentencePiece byte in a byte-level vocabulary")
      }
      types.append(type)
    }
    return types
  }

  private static func index(of model: BytePairModel) throws(TokenizerError) -> TokenIndex {
    var index = TokenIndex(capacity: model.tokens.count)
    for id in 0..<model.tokens.count {
      if let other = index.insert(id, of: model.tokens) {
        let text = printable(Array(model.tokens[id]))
        throw model.invalid("tokens \(other) and \(id) are both '\(text)'")
      }
    }
    return index
  }

  /// Fills in what the tokens stand for; one that is not of the byte alphabet stands for itself.
  private mutating func readBytes(of tokens: PackedByteStrings) {
    bytes = PackedByteStrings(reservingCapacity: tokens.count)
    isSpelled.reserveCapacity(tokens.count)
    var unspelled: [UInt8] = []
    for id in types.indices {
      unspelled.removeAll(keepingCapacity: true)
      isSpelled.append(
        !types[id].isLiteral
          && ByteAlphabet.appendBytes(spelledBy: tokens[id], to: &unspelled))
      if isSpelled[id] { bytes.append(unspelled) } else { bytes.append(tokens[id]) }
    }
  }

  private static func merges(
    of model: BytePairModel, index: TokenIndex
  ) throws(TokenizerError) -> MergeTable {
    guard model.merges.count < Int(UInt32.max) else {
      throw model.invalid("it has \(model.merges.count) merges")
    }
    var table = MergeTable(capacity: model.merges.count)
    var joined: [UInt8] = []
    for rank in 0..<model.merges.count {
      let merge = model.merges[rank]
      guard let space = merge.firstIndex(of: UInt8(ascii: " ")), space > merge.startIndex,
        space + 1 < merge.endIndex
      else { throw model.invalidMerge(rank, "it is not two tokens with a space between") }
      joined.removeAll(keepingCapacity: true)
      joined.append(contentsOf: merge[..<space])
      joined.append(contentsOf: merge[(space + 1)...])
      let ids = joined.withUnsafeBufferPointer { joined in
        let split = space - merge.startIndex
        return (
          left: index.find(UnsafeBufferPointer(rebasing: joined[..<split]), in: model.tokens),
          right: index.find(UnsafeBufferPointer(rebasing: joined[split...]), in: model.tokens),
          merged: index.find(joined, in: model.tokens)
        )
      }
      guard let left = ids.left else { throw model.invalidMerge(rank, "its left part is no token") }
      guard let right = ids.right else {
        throw model.invalidMerge(rank, "its right part is no token")
      }
      guard let merged = ids.merged else {
        throw model.invalidMerge(rank, "its result is no token")
      }
      table.insert(
        left: Int32(left), right: Int32(right), merge: Merge(rank: UInt32(rank), id: Int32(merged)))
    }
    return table
  }
}

extension BytePairModel {
  /// The error for a vocabulary that contradicts itself.
  func invalid(_ problem: String) -> TokenizerError {
    .invalidVocabulary(problem: problem, source: source)
  }

  /// The error for merge number `index`.
  fileprivate func invalidMerge(_ index: Int, _ problem: String) -> TokenizerError {
    .invalidMerge(
      index: index, merge: printable(Array(merges[index])), problem: problem, source: source)
  }
}
