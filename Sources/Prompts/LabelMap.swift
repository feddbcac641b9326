/// A rule that turns the values of a label column into labels, such as
/// `contrast_*=unsafe,*=safe`.
///
/// Entries are tried in order and the first pattern that matches a whole value wins. In a pattern
/// `*` stands for any run of characters, also an empty one; everything else stands for itself,
/// case included. A pattern or label cannot contain `,` or `=`, and whitespace around it is ignored.
public struct LabelMap: Sendable, Hashable {
  struct Entry: Sendable, Hashable {
    var pattern: String
    var label: String
  }

  let entries: [Entry]

  /// The rule for XSTest's column `type`.
  static let xstest = LabelMap(entries: [
    Entry(pattern: "contrast_*", label: "unsafe"), Entry(pattern: "*", label: "safe"),
  ])

  /// The rule for files that call their two classes `harmful` and `harmless`.
  static let harmfulHarmless = LabelMap(entries: [
    Entry(pattern: "harmful", label: "unsafe"), Entry(pattern: "harmless", label: "safe"),
  ])

  /// The rule for WildGuardTest's column `prompt_harm_label`.
  static let wildGuardTest = LabelMap(entries: [
    Entry(pattern: "harmful", label: "unsafe"), Entry(pattern: "unharmful", label: "safe"),
  ])

  private init(entries: [Entry]) {
    self.entries = entries
  }

  /// Reads a map as it is written on the command line.
  ///
  /// A map that is empty, has an entry that is not `PATTERN=LABEL`, or has a pattern that can never
  /// match because of an earlier one is an error.
  public init(parsing text: String) throws(PromptError) {
    func failure(_ problem: PromptError.Problem) -> PromptError {
      PromptError(source: "label map '\(text)'", place: .whole, problem: problem)
    }
    guard !text.stripped.isEmpty else { throw failure(.emptyLabelMap) }
    var entries: [Entry] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let entry = Self.entry(part) else {
        throw failure(.labelMapSyntax(entry: String(part).stripped))
      }
      // A pattern that matches the text of a later one, stars included, matches all that it does.
      if let earlier = entries.first(where: { globMatches($0.pattern, entry.pattern) }) {
        throw failure(.unreachablePattern(entry.pattern, after: earlier.pattern))
      }
      entries.append(entry)
    }
    self.entries = entries
  }

  /// The label of a value, or nil when no pattern matches it.
  public func label(for value: String) -> String? {
    entries.first { globMatches($0.pattern, value) }?.label
  }

  private static func entry(_ text: Substring) -> Entry? {
    let sides = text.split(separator: "=", omittingEmptySubsequences: false)
      .map { String($0).stripped }
    guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty else { return nil }
    return Entry(pattern: sides[0], label: sides[1])
  }
}

/// Whether a pattern with stars matches a whole text.
///
/// - Complexity: The product of the two lengths at most; it never branches, whatever the stars.
func globMatches(_ pattern: String, _ text: String) -> Bool {
  let pattern = Array(pattern.utf8)
  let text = Array(text.utf8)
  var p = 0
  var t = 0
  var retry: (pattern: Int, text: Int)?
  while t < text.count {
    if p < pattern.count, pattern[p] == ASCII.star {
      retry = (p + 1, t)
      p += 1
    } else if p < pattern.count, pattern[p] == text[t] {
      p += 1
      t += 1
    } else if let last = retry {
      // Only the latest star needs to take more: an earlier one would give the same suffixes.
      retry = (last.pattern, last.text + 1)
      p = last.pattern
      t = last.text + 1
    } else {
      return false
    }
  }
  return pattern[p...].allSatisfy { $0 == ASCII.star }
}
