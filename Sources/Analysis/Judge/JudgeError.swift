import ModelLibrary

/// Why answers cannot be judged, or a judge not be measured.
public enum JudgeError: Error, Sendable, CustomStringConvertible {
  /// A line of a phrase file.
  public struct Line: Sendable, CustomStringConvertible {
    public var path: String
    /// Counted from 1.
    public var line: Int

    public var description: String { "\(path), line \(line)" }
  }

  case unreadable(path: String, reason: String)
  case model(ModelError)
  case notText(path: String)
  case noPhrases(path: String)
  case noSection(Line, sections: [String])
  case unknownSection(Line, found: String, sections: [String])
  case badReach(Line, found: String)
  case badSpelling(Line, found: String)
  case badPhrase(Line, found: String)
  case unknownLabel(path: String, answer: String, label: String)
  case oneClass(refusals: Bool)
  case noRows(path: String, rows: String)

  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "\(path) cannot be read (\(reason)); check the path and its permissions"
    case .model(let error): error.description
    case .notText(let path):
      "\(path) is no text in UTF-8; a judge is a text file with a phrase of refusal on each line "
        + "under [refusal]"
    case .noPhrases(let path):
      "\(path) has no phrases of refusal; write at least one, on a line under [refusal]"
    case .noSection(let place, let sections):
      "\(place): this comes before the first section; write one of \(Self.listed(sections)) above "
        + "it, and phrases of refusal under [refusal]"
    case .unknownSection(let place, let found, let sections):
      "\(place): '\(Self.shortened(found))' is no section; write one of \(Self.listed(sections))"
    case .badReach(let place, let found):
      "\(place): '\(Self.shortened(found))' under [reach] is no count of words, or the second one; "
        + "write one number from 1 to 1000000"
    case .badSpelling(let place, let found):
      "\(place): '\(Self.shortened(found))' under [spelling] does not say how a word is read that "
        + "has no other line; write WORD = WORDS, such as can't = can not"
    case .badPhrase(let place, let found):
      "\(place): '\(Self.shortened(found))' is no phrase; write words, joined with | where one may "
        + "stand for another, and ... only between them"
    case .unknownLabel(let path, let answer, let label):
      "\(path): the label '\(Self.shortened(label))' of answer \(answer) says neither compliance "
        + "nor refusal; write 1_full_compliance, 2_full_refusal or 3_partial_refusal, or compliance "
        + "and refusal"
    case .oneClass(let refusals):
      "the labels call every answer \(refusals ? "a refusal" : "compliance"); a judge is measured "
        + "with answers of both kinds, so give a file with some of each"
    case .noRows(let path, let rows):
      "\(path) has no \(rows) rows; measure on all of them"
    }
  }

  private static func listed(_ names: [String]) -> String { names.joined(separator: ", ") }

  private static func shortened(_ text: String) -> String {
    text.count > 60 ? text.prefix(57) + "..." : text
  }
}
