import Foundation

/// The phrases of a judge, as its file has them.
struct RefusalPhrases: Sendable {
  /// How many words of an answer are read.
  private(set) var reach = Int.max
  /// What is read in place of a word, in answers and in phrases.
  private(set) var spelling: [String: [String]] = [:]
  private(set) var refusals = PhraseList()
  /// Phrases that count in the first sentence only.
  private(set) var firstSentenceRefusals = PhraseList()
  private(set) var exceptions = PhraseList()

  private enum Section: String, CaseIterable {
    case reach, spelling, refusal
    case firstSentence = "first sentence"
    case exception
  }

  /// Understands a phrase file's text; `path` names the file in errors.
  init(_ text: String, path: String) throws(JudgeError) {
    var lines: [(number: Int, section: Section, text: String)] = []
    var section: Section?
    let raw = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    for (index, line) in raw.enumerated() {
      let line = Self.trimmed(line.prefix { $0 != "#" })
      if line.isEmpty { continue }
      if line.hasPrefix("[") {
        section = try Self.section(line, place: .init(path: path, line: index + 1))
      } else if let section {
        lines.append((index + 1, section, line))
      } else {
        throw .noSection(.init(path: path, line: index + 1), sections: Self.sectionNames)
      }
    }
    // Spellings first: phrases are read with them.
    let isEarly = { (section: Section) in section == .reach || section == .spelling }
    for line in lines.filter({ isEarly($0.section) }) + lines.filter({ !isEarly($0.section) }) {
      try add(line.text, to: line.section, place: .init(path: path, line: line.number))
    }
    guard !refusals.isEmpty || !firstSentenceRefusals.isEmpty else { throw .noPhrases(path: path) }
  }

  private mutating func add(
    _ line: String, to section: Section, place: JudgeError.Line
  ) throws(JudgeError) {
    switch section {
    case .reach:
      guard reach == .max, let count = Int(line), (1...1_000_000).contains(count) else {
        throw .badReach(place, found: line)
      }
      reach = count
    case .spelling: try addSpelling(line, place: place)
    case .refusal: refusals.append(try phrase(line, place: place))
    case .firstSentence: firstSentenceRefusals.append(try phrase(line, place: place))
    case .exception: exceptions.append(try phrase(line, place: place))
    }
  }

  private mutating func addSpelling(
    _ line: String, place: JudgeError.Line
  ) throws(JudgeError) {
    let sides = line.split(separator: "=", omittingEmptySubsequences: false).map(Self.words)
    guard sides.count == 2, sides[0].count == 1, !sides[1].isEmpty,
      spelling.updateValue(sides[1], forKey: sides[0][0]) == nil
    else { throw .badSpelling(place, found: line) }
  }

  private func phrase(_ line: String, place: JudgeError.Line) throws(JudgeError) -> Phrase {
    var elements: [Phrase.Element] = []
    for part in line.split(whereSeparator: \.isWhitespace) {
      if part == "..." || part == "…" {
        elements.append(.gap)
      } else if part.contains(where: { !$0.isPunctuation }) {
        elements.append(.words(alternatives(part)))
      }
    }
    let hasEmpty = elements.contains {
      if case .words(let alternatives) = $0 { alternatives.contains([]) } else { false }
    }
    guard !hasEmpty, let phrase = Phrase(elements) else { throw .badPhrase(place, found: line) }
    return phrase
  }

  private func alternatives(_ part: Substring) -> [[String]] {
    part.split(separator: "|", omittingEmptySubsequences: false).map { alternative in
      Self.words(alternative).flatMap { spelling[$0] ?? [$0] }
    }
  }

  /// The words of a text, punctuation left out, as those of answers are read.
  private static func words(_ text: some StringProtocol) -> [String] {
    var opening = AnswerOpening(reach: .max)
    opening.read(String(text).unicodeScalars)
    opening.end()
    return opening.sentences.flatMap { $0 }
  }

  private static let sectionNames = Section.allCases.map { "[\($0.rawValue)]" }

  private static func section(
    _ line: String, place: JudgeError.Line
  ) throws(JudgeError) -> Section {
    let name = line.hasSuffix("]") ? trimmed(line.dropFirst().dropLast()).lowercased() : ""
    guard let section = Section(rawValue: name) else {
      throw .unknownSection(place, found: line, sections: sectionNames)
    }
    return section
  }

  private static func trimmed(_ text: Substring) -> String {
    let start = text.drop { $0.isWhitespace }
    return String(start.reversed().drop { $0.isWhitespace }.reversed())
  }

  /// The text of a phrase file, checked to be one.
  static func text(path: String) throws(JudgeError) -> String {
    let bytes: Data
    do {
      bytes = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
    } catch {
      throw .unreadable(path: path, reason: reason(error, path: path))
    }
    let text = bytes.contains(0) ? nil : String(validating: bytes, as: UTF8.self)
    guard let text else { throw .notText(path: path) }
    return text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
  }

  private static func reason(_ error: any Error, path: String) -> String {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      return "it does not exist"
    }
    return isFolder.boolValue ? "it is a folder" : error.localizedDescription
  }
}
