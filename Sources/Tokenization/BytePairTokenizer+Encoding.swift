extension BytePairTokenizer {
  public func encode(
    _ text: String, parseSpecial: Bool
  ) throws(TokenizerError) -> [Int32] {
    var text = text
    // `withUTF8` does not carry typed errors, so they travel in a result.
    return try text.withUTF8 { (bytes) -> Result<[Int32], TokenizerError> in
      Result { () throws(TokenizerError) in try encode(bytes, parseSpecial: parseSpecial) }
    }.get()
  }

  private func encode(
    _ text: UnsafeBufferPointer<UInt8>, parseSpecial: Bool
  ) throws(TokenizerError) -> [Int32] {
    let literals = parseSpecial ? allLiterals : userLiterals
    var encoder = SegmentEncoder(self)
    var start = 0
    while let match = literals.firstMatch(in: text, from: start) {
      try encode(segment: text[start..<match.range.lowerBound], with: &encoder)
      encoder.ids.append(match.id)
      start = match.range.upperBound
    }
    try encode(segment: text[start...], with: &encoder)
    return encoder.ids
  }

  private func encode(
    segment: Slice<UnsafeBufferPointer<UInt8>>, with encoder: inout SegmentEncoder
  ) throws(TokenizerError) {
    let segment = UnsafeBufferPointer(rebasing: segment)
    guard preTokenizer.normalizesToNFC, !isPlainlyNFC(segment) else {
      return try encoder.encode(segment)
    }
    var normalized = NormalizationFormC.normalize(String(decoding: segment, as: UTF8.self))
    try normalized.withUTF8 { (bytes) -> Result<Void, TokenizerError> in
      Result { () throws(TokenizerError) in try encoder.encode(bytes) }
    }.get()
  }

  /// Whether all characters are below U+0300, where nothing composes.
  private func isPlainlyNFC(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    text.allSatisfy { $0 < 0xCC }
  }
}

/// Encodes stretches of text that contain no literal tokens; one per call, never shared.
private struct SegmentEncoder: ~Copyable {
  /// The ids so far.
  var ids: [Int32] = []

  private let tokenizer: BytePairTokenizer
  private var merger = WordMerger()

  init(_ tokenizer: BytePairTokenizer) {
    self.tokenizer = tokenizer
  }

  /// Appends the ids of `text`, which must be valid UTF-8.
  mutating func encode(_ text: UnsafeBufferPointer<UInt8>) throws(TokenizerError) {
    switch tokenizer.words {
    case .everywhere(let pattern):
      let matcher = try WordPattern.Matcher(pattern)
      var start = 0
      while start < text.count {
        let end = try matcher.wordEnd(in: text, from: start)
        try encode(word: UnsafeBufferPointer(rebasing: text[start..<end]))
        start = end
      }
    case .successive(let steps): try encode(text, cutBy: steps[...])
    }
  }

  private mutating func encode(
    _ text: UnsafeBufferPointer<UInt8>, cutBy steps: ArraySlice<TextPattern>
  ) throws(TokenizerError) {
    guard let step = steps.first else { return try encode(word: text) }
    for stretch in try step.stretches(of: text) {
      try encode(
        UnsafeBufferPointer(rebasing: text[stretch.range]), cutBy: steps.dropFirst())
    }
  }

  private mutating func encode(word: UnsafeBufferPointer<UInt8>) throws(TokenizerError) {
    let vocabulary = tokenizer.vocabulary
    if let id = tokenizer.wholeWords?.find(word, in: vocabulary.bytes) {
      ids.append(Int32(id))
      return
    }
    merger.ids.removeAll(keepingCapacity: true)
    for (offset, byte) in word.enumerated() {
      let id = vocabulary.byteIDs[Int(byte)]
      guard id >= 0 else { throw unencodable(offset, in: word) }
      merger.ids.append(id)
    }
    merger.merge(with: vocabulary.merges)
    ids += merger.ids
  }

  private func unencodable(
    _ offset: Int, in word: UnsafeBufferPointer<UInt8>
  ) -> TokenizerError {
    let bytesShownEitherSide = 20
    let shown =
      max(0, offset - bytesShownEitherSide)..<min(word.count, offset + bytesShownEitherSide)
    return .unencodableByte(
      word[offset], word: printable(Array(word[shown])), source: tokenizer.source)
  }
}
