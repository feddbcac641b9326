extension PythonText {
  /// Pieces between runs of whitespace, at most `limit` splits (`nil`: all), as `str.split()`.
  func words(limit: Int?) -> [PythonText] {
    var words: [PythonText] = []
    var position = 0
    while true {
      while position < count, scalars[position].isPythonSpace { position += 1 }
      guard position < count else { return words }
      if let limit, words.count >= limit {
        words.append(PythonText(scalars[position...]))
        return words
      }
      let start = position
      while position < count, !scalars[position].isPythonSpace { position += 1 }
      words.append(PythonText(scalars[start..<position]))
    }
  }

  /// The same as ``words(limit:)``, splitting from the right.
  func wordsFromRight(limit: Int?) -> [PythonText] {
    let reversed = PythonText(scalars.reversed()).words(limit: limit)
    return reversed.reversed().map { PythonText($0.scalars.reversed()) }
  }

  /// Pieces between occurrences of a non-empty separator, as `str.split(separator)`.
  func pieces(separator: PythonText, limit: Int?) -> [PythonText] {
    var pieces: [PythonText] = []
    var start = 0
    while limit.map({ pieces.count < $0 }) ?? true,
      let found = find(separator, in: start..<count)
    {
      pieces.append(PythonText(scalars[start..<found]))
      start = found + separator.count
    }
    pieces.append(PythonText(scalars[start...]))
    return pieces
  }

  /// The same as ``pieces(separator:limit:)``, splitting from the right.
  func piecesFromRight(separator: PythonText, limit: Int?) -> [PythonText] {
    var pieces: [PythonText] = []
    var end = count
    while limit.map({ pieces.count < $0 }) ?? true,
      let found = findLast(separator, in: 0..<end)
    {
      pieces.append(PythonText(scalars[(found + separator.count)..<end]))
      end = found
    }
    pieces.append(PythonText(scalars[..<end]))
    return pieces.reversed()
  }

  /// How often `other` occurs in `range` without overlap, as `str.count`.
  func occurrences(of other: PythonText, in range: Range<Int>) -> Int {
    if other.isEmpty { return range.count + 1 }
    var total = 0
    var start = range.lowerBound
    while let found = find(other, in: start..<range.upperBound) {
      total += 1
      start = found + other.count
    }
    return total
  }

  /// The text with `old` replaced by `new`, at most `limit` times (`nil`: always).
  func replacing(_ old: PythonText, with new: PythonText, limit: Int?) -> PythonText {
    if old.isEmpty { return interleaved(with: new, limit: limit) }
    let parts = pieces(separator: old, limit: limit)
    return PythonText.joined(parts, separator: new)
  }

  /// Python replaces the empty string by inserting before every scalar and at the end.
  private func interleaved(with new: PythonText, limit: Int?) -> PythonText {
    var result: [Unicode.Scalar] = []
    var inserted = 0
    for scalar in scalars {
      if limit.map({ inserted < $0 }) ?? true {
        result += new.scalars
        inserted += 1
      }
      result.append(scalar)
    }
    if limit.map({ inserted < $0 }) ?? true { result += new.scalars }
    return PythonText(result)
  }

  /// The parts in order with `separator` between them.
  static func joined(_ parts: [PythonText], separator: PythonText) -> PythonText {
    var result: [Unicode.Scalar] = []
    for (index, part) in parts.enumerated() {
      if index > 0 { result += separator.scalars }
      result += part.scalars
    }
    return PythonText(result)
  }
}
