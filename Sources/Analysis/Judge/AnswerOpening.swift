/// The first words of an answer, sentence by sentence.
///
/// A word is a run of letters, marks and digits in lower case; an apostrophe between two of them
/// belongs to it and is always `'`. A sentence ends with `.`, `!`, `?` or a line feed. Scalars are
/// looked at one by one, so that what is read of a text does not depend on how it goes on.
struct AnswerOpening: Sendable {
  /// [sentence, word], without sentences that have no words.
  private(set) var sentences: [[String]] = []
  /// Whether more words may come to the last sentence.
  private var isLastOpen = false
  /// Whether all of the opening is there, so that nothing after it counts.
  private var isRead = false

  private var word = ""
  private var hasApostrophe = false
  private var remaining: Int

  /// An opening of `reach` words at most, of which none are read.
  init(reach: Int) { remaining = reach }

  /// Reads what comes next; a last word that may go on is not there yet.
  mutating func read(_ text: String.UnicodeScalarView) {
    for scalar in text where !isRead { read(scalar) }
  }

  /// Nothing comes any more.
  mutating func end() { endWord() }

  private mutating func read(_ scalar: Unicode.Scalar) {
    if scalar.isInWord {
      if hasApostrophe { word += "'" }
      hasApostrophe = false
      word += scalar.properties.lowercaseMapping
    } else if scalar.isApostrophe, !word.isEmpty, !hasApostrophe {
      hasApostrophe = true
    } else {
      endWord()
      if scalar.endsSentence { isLastOpen = false }
    }
  }

  private mutating func endWord() {
    hasApostrophe = false
    guard !word.isEmpty else { return }
    if isLastOpen {
      sentences[sentences.count - 1].append(word)
    } else {
      sentences.append([word])
    }
    isLastOpen = true
    word = ""
    remaining -= 1
    isRead = remaining == 0
  }
}

extension Unicode.Scalar {
  fileprivate var isInWord: Bool {
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber:
      !isApostrophe
    default: false
    }
  }

  /// ' and ’, and the modifier letter ʼ that some write for them.
  fileprivate var isApostrophe: Bool { self == "'" || self == "\u{2019}" || self == "\u{2BC}" }

  fileprivate var endsSentence: Bool { self == "." || self == "!" || self == "?" || self == "\n" }
}
