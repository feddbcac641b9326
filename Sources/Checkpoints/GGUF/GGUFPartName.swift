/// The name of a part of a split GGUF model: `NAME-00002-of-00003.gguf`.
package struct GGUFPartName: Sendable, Hashable {
  /// The path without number and ending.
  package let base: String
  /// Counted from 1.
  package let number: Int
  package let count: Int

  private static let ending = ".gguf"
  private static let digitCount = 5

  /// Takes a file's name apart; nil where it is not of this form.
  package init?(path: String) {
    // An expression literal is not Sendable, so it cannot be kept.
    let form = #/(.*)-([0-9]{5})-of-([0-9]{5})\.gguf/#
    guard let match = path.wholeMatch(of: form), let number = Int(match.2),
      let count = Int(match.3), (1...max(1, count)).contains(number)
    else { return nil }
    base = String(match.1)
    self.number = number
    self.count = count
  }

  /// The path of another part.
  package func path(ofPart number: Int) -> String {
    "\(base)-\(Self.digits(number))-of-\(Self.digits(count))\(Self.ending)"
  }

  static func digits(_ number: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, digitCount - text.count)) + text
  }
}
