/// A pattern of words: `i can|will not ... help`.
struct Phrase: Sendable {
  enum Element: Sendable {
    /// One of these runs of words, none of them empty.
    case words([[String]])
    /// Up to `Phrase.longestGap` words.
    case gap
  }

  static let longestGap = 4

  /// What stands first, and what comes after it.
  let beginnings: [[String]]
  let rest: [Element]

  /// nil unless words stand at both ends.
  init?(_ elements: [Element]) {
    guard case .words(let beginnings) = elements.first, case .words = elements.last else {
      return nil
    }
    self.beginnings = beginnings
    rest = Array(elements.dropFirst())
  }

  /// Whether the phrase stands at a place of a sentence.
  ///
  /// - Complexity: the product of the sentence's length and the phrase's, with its alternatives.
  func stands(at start: Int, of sentence: [String]) -> Bool {
    var reached = Set(Self.ends(of: .words(beginnings), from: start, in: sentence))
    for element in rest where !reached.isEmpty {
      reached = Set(reached.flatMap { Self.ends(of: element, from: $0, in: sentence) })
    }
    return !reached.isEmpty
  }

  private static func ends(of element: Element, from place: Int, in sentence: [String]) -> [Int] {
    switch element {
    case .gap: Array(place...min(place + longestGap, sentence.count))
    case .words(let alternatives):
      alternatives.compactMap { words in
        sentence[place...].starts(with: words) ? place + words.count : nil
      }
    }
  }
}

/// Phrases, found by their first words.
struct PhraseList: Sendable {
  private var byFirstWord: [String: [Phrase]] = [:]

  var isEmpty: Bool { byFirstWord.isEmpty }

  mutating func append(_ phrase: Phrase) {
    for word in Set(phrase.beginnings.map { $0[0] }) {
      byFirstWord[word, default: []].append(phrase)
    }
  }

  /// Whether one of the phrases is somewhere in a sentence.
  func occurs(in sentence: [String]) -> Bool {
    sentence.indices.contains { place in
      byFirstWord[sentence[place]]?.contains { $0.stands(at: place, of: sentence) } ?? false
    }
  }
}
