/// What becomes of the matches when text is cut at them.
enum SplitBehavior: String, Sendable {
  case isolated = "Isolated"
  case removed = "Removed"
  case mergedWithPrevious = "MergedWithPrevious"
  case mergedWithNext = "MergedWithNext"
  /// Neighbouring matches stay together, as does what lies between matches.
  case contiguous = "Contiguous"
}

/// Which texts get a mark in front that stands for a space.
enum PrependScheme: String, Sendable {
  /// Only what the whole text begins with.
  case first
  case never
  /// Every stretch between added tokens.
  case always
}

/// One step that cuts text into words.
enum SplitStep: Sendable {
  /// Cuts at the matches of a pattern, or at what lies between them.
  case split(TextPattern, SplitBehavior, isInverted: Bool)
  /// Writes spaces as `mark`, puts one in front, and cuts before every mark where `cuts` says so.
  case metaspace(mark: [UInt8], PrependScheme, cuts: Bool)
  /// Puts a space in front and cuts at GPT-2's words; the words' bytes are the model's letters.
  case byteLevel(addsPrefixSpace: Bool, words: TextPattern?)
}

/// A text between added tokens and where it is cut so far.
struct SplitText {
  /// The text; steps may change it.
  private(set) var bytes: [UInt8]
  /// The words, in order; what a step removed is in none of them.
  private(set) var words: [Range<Int>]
  /// Whether the text is the beginning of the whole.
  private let beginsText: Bool
  /// How many bytes steps may make of it.
  private let limit: Int

  init(_ bytes: [UInt8], beginsText: Bool) {
    self.bytes = bytes
    limit = TextGrowth.limit(of: bytes.count)
    words = bytes.isEmpty ? [] : [0..<bytes.count]
    self.beginsText = beginsText
  }

  mutating func apply(_ step: SplitStep) throws(TokenizerError) {
    switch step {
    case .split(let pattern, let behavior, let isInverted):
      try cut(at: pattern, behavior, isInverted: isInverted)
    case .metaspace(let mark, let scheme, let cuts):
      try applyMetaspace(mark, scheme, cuts: cuts)
    case .byteLevel(let addsPrefixSpace, let words):
      let space = [UInt8(ascii: " ")]
      if addsPrefixSpace {
        try rewrite { word, _ in word.starts(with: space) ? nil : space + word }
      }
      if let words { try cut(at: words, .isolated, isInverted: false) }
    }
  }

  private mutating func applyMetaspace(
    _ mark: [UInt8], _ scheme: PrependScheme, cuts: Bool
  ) throws(TokenizerError) {
    let limit = limit
    try rewrite { word, isFirst in
      var marked: [UInt8] = []
      marked.reserveCapacity(word.count + mark.count)
      for byte in word {
        if byte == UInt8(ascii: " ") { marked += mark } else { marked.append(byte) }
        // What is beyond the limit is refused; it need not be made.
        if marked.count > limit { break }
      }
      let isWanted = scheme == .always || scheme == .first && isFirst
      return isWanted && !marked.starts(with: mark) ? mark + marked : marked
    }
    if cuts { try cut(at: .literal(mark), .mergedWithNext, isInverted: false) }
  }

  /// Puts what `change` makes of every word in its place; nil leaves a word as it is.
  private mutating func rewrite(
    _ change: (ArraySlice<UInt8>, _ isFirst: Bool) -> [UInt8]?
  ) throws(TokenizerError) {
    var changed: [UInt8] = []
    changed.reserveCapacity(bytes.count)
    words = try words.map { (range) throws(TokenizerError) in
      let start = changed.count
      let word = bytes[range]
      if let new = change(word, beginsText && range.lowerBound == 0) {
        changed += new
      } else {
        changed += word
      }
      try TextGrowth.expect(changed.count, within: limit, "marking its spaces")
      return start..<changed.count
    }
    bytes = changed
  }

  private mutating func cut(
    at pattern: TextPattern, _ behavior: SplitBehavior, isInverted: Bool
  ) throws(TokenizerError) {
    let old = words
    words = try bytes.withUnsafeBufferPointer { (bytes) throws(TokenizerError) -> [Range<Int>] in
      var words: [Range<Int>] = []
      for word in old {
        let text = UnsafeBufferPointer(rebasing: bytes[word])
        var stretches = try pattern.stretches(of: text)
        if isInverted { for index in stretches.indices { stretches[index].isMatch.toggle() } }
        for range in behavior.words(of: stretches) {
          words.append(range.lowerBound + word.lowerBound..<range.upperBound + word.lowerBound)
        }
      }
      return words
    }
  }
}

extension SplitBehavior {
  /// The words that stretches in order make up.
  func words(of stretches: [TextPattern.Stretch]) -> [Range<Int>] {
    var words: [Range<Int>] = []
    /// Whether the stretch before was a match.
    var isAfterMatch = false
    /// Whether that match is still to be put in front of what comes next.
    var isHeldBack = false
    for (range, isMatch) in stretches {
      let joins: Bool
      switch self {
      case .isolated, .removed: joins = false
      case .contiguous: joins = isMatch == isAfterMatch
      case .mergedWithPrevious: joins = isMatch && !isAfterMatch
      case .mergedWithNext: joins = isHeldBack && !isMatch
      }
      if joins, let last = words.last {
        words[words.count - 1] = last.lowerBound..<range.upperBound
      } else if !(self == .removed && isMatch) {
        words.append(range)
      }
      isAfterMatch = isMatch
      isHeldBack = isMatch
    }
    return words
  }
}
