import StrictJSON

extension FileComponent {
  /// What the `model` part of a file describes.
  typealias Model = (
    model: PipelineTokenizer.Model, vocabulary: PieceVocabulary, unknown: Int32?
  )

  /// Reads the `model` part.
  func model(isByteLevel: Bool) throws(TokenizerError) -> Model {
    // Old files leave the type out.
    let type = value["type"] == nil && value["merges"] != nil ? "BPE" : try type()
    switch type {
    case "BPE": return try bytePairModel(isByteLevel: isByteLevel)
    case "Unigram":
      if isByteLevel { throw unsupported(option: "a Unigram model over bytes") }
      return try unigramModel()
    default: throw unsupported("model", type)
    }
  }

  private func bytePairModel(isByteLevel: Bool) throws(TokenizerError) -> Model {
    for option in ["continuing_subword_prefix", "end_of_word_suffix"] {
      if let affix = value[option]?.string, !affix.isEmpty {
        throw unsupported(option: "the \(option) '\(affix)'")
      }
    }
    if let dropout = value["dropout"]?.double, dropout != 0 {
      throw unsupported(option: "merges that are dropped at random")
    }
    guard let members = value["vocab"]?.members else { throw invalid("vocab", "no object") }
    var entries: [(id: Int, piece: ArraySlice<UInt8>)] = []
    for (piece, id) in members { entries.append((Int(try self.id(id, "vocab")), piece)) }
    let vocabulary = try PieceVocabulary(entries, source: source)
    var options = BytePairPieces.Options()
    options.isByteLevel = isByteLevel
    options.fallsBackToBytes = try bool("byte_fallback", absent: false)
    options.takesWholeWords = try bool("ignore_merges", absent: false)
    options.fusesUnknown = try bool("fuse_unk", absent: false)
    if isByteLevel, options.fallsBackToBytes {
      throw unsupported(option: "byte_fallback in a byte-level model")
    }
    if let unknown = value["unk_token"]?.string {
      // A model whose unknown token is no token has none, as long as every character has one.
      options.unknown = vocabulary.find(unknown.utf8)
    }
    let pieces = BytePairPieces(vocabulary, merges: try merges(vocabulary), options: options)
    return (.bytePair(pieces), vocabulary, options.unknown)
  }

  private func merges(_ vocabulary: PieceVocabulary) throws(TokenizerError) -> MergeTable {
    guard let elements = value["merges"]?.elements else { throw invalid("merges", "no list") }
    let merges = Array(elements)
    var table = MergeTable(capacity: merges.count)
    var rank: UInt32 = 0
    for (index, merge) in merges.enumerated() {
      // What a `merges.txt` begins with, in files of the time when its lines were copied over.
      if let line = merge.bytes, line.starts(with: "#version".utf8) { continue }
      guard let parts = Self.parts(of: merge) else {
        throw invalidMerge(index, merge.string ?? "", "it is not two tokens")
      }
      let name = String(decoding: parts.left + [UInt8(ascii: " ")] + parts.right, as: UTF8.self)
      guard let left = vocabulary.find(parts.left) else {
        throw invalidMerge(index, name, "its left part is no token")
      }
      guard let right = vocabulary.find(parts.right) else {
        throw invalidMerge(index, name, "its right part is no token")
      }
      guard let merged = vocabulary.find(parts.left + parts.right) else {
        throw invalidMerge(index, name, "its result is no token")
      }
      table.insert(left: left, right: right, merge: Merge(rank: rank, id: merged))
      rank += 1
    }
    return table
  }

  /// The two parts of `"a b"` or `["a", "b"]`.
  private static func parts(
    of merge: JSONValue
  ) -> (left: ArraySlice<UInt8>, right: ArraySlice<UInt8>)? {
    let parts: [ArraySlice<UInt8>]
    if let line = merge.bytes {
      parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    } else if let elements = merge.elements {
      parts = elements.compactMap(\.bytes)
    } else {
      return nil
    }
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
    return (parts[0], parts[1])
  }

  private func invalidMerge(_ index: Int, _ merge: String, _ problem: String) -> TokenizerError {
    .invalidMerge(
      index: index, merge: printable(Array(merge.utf8)), problem: problem, source: source)
  }

  private func unigramModel() throws(TokenizerError) -> Model {
    guard let elements = value["vocab"]?.elements else { throw invalid("vocab", "no list") }
    var entries: [(id: Int, piece: ArraySlice<UInt8>)] = []
    var scores: [Double] = []
    for (id, entry) in elements.enumerated() {
      var parts = entry.elements
      guard let piece = parts?.next()?.bytes, let score = parts?.next()?.double else {
        throw invalid("vocab[\(id)]", "no token with a score")
      }
      entries.append((id, piece))
      scores.append(score)
    }
    let vocabulary = try PieceVocabulary(entries, source: source)
    let unknown = try value["unk_id"].map { (id) throws(TokenizerError) in
      try self.id(id, "unk_id")
    }
    guard unknown.map({ Int($0) < vocabulary.count }) ?? true else {
      throw invalid("unk_id", "no token id")
    }
    let pieces = UnigramPieces(
      vocabulary, scores: scores, unknown: unknown,
      fallsBackToBytes: try bool("byte_fallback", absent: false))
    return (.unigram(pieces), vocabulary, unknown)
  }
}
