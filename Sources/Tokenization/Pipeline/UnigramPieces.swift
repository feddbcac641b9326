/// Unigram encoding of one word: of all ways to cut it into pieces, the one with the best sum of
/// scores.
///
/// Source: Kudo 2018, "Subword Regularization", with the options of Hugging Face's `Unigram` model.
struct UnigramPieces: Sendable {
  /// How much worse than the worst piece an unknown character is, as in SentencePiece.
  private static let unknownPenalty = 10.0

  private let vocabulary: PieceVocabulary
  private let scores: [Double]
  private let unknown: Int32?
  private let unknownScore: Double
  private let fallbackIDs: [Int32]
  private let trie: LiteralTokenTrie

  /// Takes one score for each piece of `vocabulary`.
  init(
    _ vocabulary: PieceVocabulary, scores: [Double], unknown: Int32?, fallsBackToBytes: Bool
  ) {
    self.vocabulary = vocabulary
    self.scores = scores
    self.unknown = unknown
    unknownScore = (scores.min() ?? 0) - Self.unknownPenalty
    fallbackIDs = fallsBackToBytes ? vocabulary.byteFallbackIDs : []
    var trie = LiteralTokenTrie()
    for id in 0..<vocabulary.count { trie.insert(vocabulary.pieces[id], id: Int32(id)) }
    self.trie = trie
  }

  /// The best cut of the text up to some byte.
  private struct Cut {
    var score = 0.0
    /// Where the last piece begins, -1 as long as no cut is known.
    var start = -1
    var id: Int32 = -1

    mutating func improve(to score: Double, start: Int, id: Int32) {
      guard self.start < 0 || score > self.score else { return }
      self = Cut(score: score, start: start, id: id)
    }
  }

  /// Appends the ids of `word`; returns the offset of a character that has none, if there is one.
  func encode(_ word: UnsafeBufferPointer<UInt8>, into ids: inout [Int32]) -> Int? {
    var cuts = [Cut](repeating: Cut(), count: word.count + 1)
    var start = 0
    while start < word.count {
      let width = min(characterWidth(lead: word[start]), word.count - start)
      let score = cuts[start].score
      var hasCharacter = false
      trie.forEachMatch(in: word, at: start) { match in
        cuts[match.range.upperBound].improve(
          to: score + scores[Int(match.id)], start: start, id: match.id)
        hasCharacter = hasCharacter || match.range.count == width
      }
      if !hasCharacter {
        guard let unknown else { return start }
        cuts[start + width].improve(to: score + unknownScore, start: start, id: unknown)
      }
      start += width
    }
    appendBest(of: cuts, word: word, to: &ids)
    return nil
  }

  private func appendBest(
    of cuts: [Cut], word: UnsafeBufferPointer<UInt8>, to ids: inout [Int32]
  ) {
    var pieces: [(range: Range<Int>, id: Int32)] = []
    var end = word.count
    while end > 0 {
      let cut = cuts[end]
      if cut.id == unknown, let last = pieces.last, last.id == unknown {
        pieces[pieces.count - 1].range = cut.start..<last.range.upperBound
      } else {
        pieces.append((cut.start..<end, cut.id))
      }
      end = cut.start
    }
    for (range, id) in pieces.reversed() {
      if id == unknown {
        appendUnknown(UnsafeBufferPointer(rebasing: word[range]), id, to: &ids)
      } else {
        ids.append(id)
      }
    }
  }

  private func appendUnknown(
    _ run: UnsafeBufferPointer<UInt8>, _ unknown: Int32, to ids: inout [Int32]
  ) {
    if let id = vocabulary.find(run) {
      ids.append(id)
    } else if !fallbackIDs.isEmpty, run.allSatisfy({ fallbackIDs[Int($0)] >= 0 }) {
      for byte in run { ids.append(fallbackIDs[Int(byte)]) }
    } else {
      ids.append(unknown)
    }
  }
}
