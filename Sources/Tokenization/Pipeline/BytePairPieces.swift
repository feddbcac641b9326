/// Byte-pair encoding of one word: characters, or bytes, merge into pieces.
struct BytePairPieces: Sendable {
  /// What the options of Hugging Face's `BPE` model are.
  struct Options: Sendable {
    /// Whether the words' bytes are the letters, in GPT-2's byte alphabet.
    var isByteLevel = false
    /// Whether a character without a token becomes tokens of its bytes.
    var fallsBackToBytes = false
    /// Whether a word that is itself a token is taken whole.
    var takesWholeWords = false
    /// Whether neighbouring characters without a token become one unknown token.
    var fusesUnknown = false
    /// The token of characters that have none.
    var unknown: Int32?
  }

  private let options: Options
  private let merges: MergeTable
  /// The pieces in the bytes of the text; for byte-level models spelled out.
  private let words: PackedByteStrings
  private let index: TokenIndex
  /// The token of each single byte of text, -1 where there is none.
  private let byteIDs: [Int32]
  private let fallbackIDs: [Int32]

  init(_ vocabulary: PieceVocabulary, merges: MergeTable, options: Options) {
    self.options = options
    self.merges = merges
    var words = PackedByteStrings(reservingCapacity: vocabulary.count)
    var index = TokenIndex(capacity: vocabulary.count)
    var byteIDs = [Int32](repeating: -1, count: 256)
    var letters: [UInt8] = []
    for id in 0..<vocabulary.count {
      let piece = vocabulary.pieces[id]
      letters.removeAll(keepingCapacity: true)
      if !options.isByteLevel {
        words.append(piece)
      } else if ByteAlphabet.appendBytes(spelledBy: piece, to: &letters) {
        words.append(letters)
      } else {
        words.append([])
      }
      guard !words.range(of: id).isEmpty else { continue }
      _ = index.insert(id, of: words)
      if words.range(of: id).count == 1, let byte = words[id].first {
        byteIDs[Int(byte)] = Int32(id)
      }
    }
    self.words = words
    self.index = index
    self.byteIDs = byteIDs
    fallbackIDs = options.fallsBackToBytes ? vocabulary.byteFallbackIDs : []
  }

  /// Appends the ids of `word`; returns the offset of a character that has none, if there is one.
  func encode(
    _ word: UnsafeBufferPointer<UInt8>, with merger: inout WordMerger, into ids: inout [Int32]
  ) -> Int? {
    if options.takesWholeWords, let id = index.find(word, in: words) {
      ids.append(Int32(id))
      return nil
    }
    merger.ids.removeAll(keepingCapacity: true)
    if let offset = appendLetters(of: word, to: &merger.ids) { return offset }
    merger.merge(with: merges)
    ids += merger.ids
    return nil
  }

  private func appendLetters(
    of word: UnsafeBufferPointer<UInt8>, to ids: inout [Int32]
  ) -> Int? {
    var hasPendingUnknown = false
    var offset = 0
    while offset < word.count {
      let width = options.isByteLevel ? 1 : characterWidth(lead: word[offset])
      let letter = UnsafeBufferPointer(rebasing: word[offset..<min(offset + width, word.count)])
      if let id = id(of: letter) {
        if hasPendingUnknown, let unknown = options.unknown { ids.append(unknown) }
        hasPendingUnknown = false
        ids.append(id)
      } else if !appendFallback(of: letter, to: &ids) {
        guard let unknown = options.unknown else { return offset }
        // As in Hugging Face's library, an unknown token waits for what comes after its run, and
        // tokens of bytes do not end the run.
        if hasPendingUnknown, !options.fusesUnknown { ids.append(unknown) }
        hasPendingUnknown = true
      }
      offset += letter.count
    }
    if hasPendingUnknown, let unknown = options.unknown { ids.append(unknown) }
    return nil
  }

  private func id(of letter: UnsafeBufferPointer<UInt8>) -> Int32? {
    if letter.count == 1 {
      let id = byteIDs[Int(letter[0])]
      return id < 0 ? nil : id
    }
    return index.find(letter, in: words).map { Int32($0) }
  }

  private func appendFallback(
    of letter: UnsafeBufferPointer<UInt8>, to ids: inout [Int32]
  ) -> Bool {
    guard options.fallsBackToBytes, letter.allSatisfy({ fallbackIDs[Int($0)] >= 0 }) else {
      return false
    }
    for byte in letter { ids.append(fallbackIDs[Int(byte)]) }
    return true
  }
}

/// How many bytes the character that begins with `lead` has in UTF-8.
func characterWidth(lead: UInt8) -> Int {
  switch lead {
  case ..<0xC0: 1
  case ..<0xE0: 2
  case ..<0xF0: 3
  default: 4
  }
}
