extension PipelineTokenizer {
  public func encode(_ text: String, parseSpecial: Bool) throws(TokenizerError) -> [Int32] {
    let text = Array(text.utf8)
    var ids: [Int32] = []
    var merger = WordMerger()
    for (range, id) in plainTokens.pieces(of: text, parseSpecial: parseSpecial) {
      if let id {
        ids.append(id)
        continue
      }
      let normalized = try steps.normalize(Array(text[range]))
      for (part, id) in normalizedTokens.pieces(of: normalized, parseSpecial: parseSpecial) {
        if let id {
          ids.append(id)
        } else {
          let beginsText = range.lowerBound == 0 && part.lowerBound == 0
          let words = SplitText(Array(normalized[part]), beginsText: beginsText)
          try encode(words, with: &merger, into: &ids)
        }
      }
    }
    return ids
  }

  private func encode(
    _ text: SplitText, with merger: inout WordMerger, into ids: inout [Int32]
  ) throws(TokenizerError) {
    var text = text
    for step in steps.splits { try text.apply(step) }
    for range in text.words {
      let offset = text.bytes.withUnsafeBufferPointer { bytes in
        let word = UnsafeBufferPointer(rebasing: bytes[range])
        return switch model {
        case .bytePair(let pieces): pieces.encode(word, with: &merger, into: &ids)
        case .unigram(let pieces): pieces.encode(word, into: &ids)
        }
      }
      if let offset { throw unencodable(range.lowerBound + offset, in: text.bytes) }
    }
  }

  private func unencodable(_ offset: Int, in text: [UInt8]) -> TokenizerError {
    let bytesShownEitherSide = 20
    let shown =
      max(0, offset - bytesShownEitherSide)..<min(text.count, offset + bytesShownEitherSide)
    return .unencodableByte(text[offset], word: printable(Array(text[shown])), source: source)
  }
}
