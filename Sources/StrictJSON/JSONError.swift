/// Why a text is not JSON.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Such as "'}' stands where a value is expected".
  public let problem: String
  /// The index of the byte at which it shows.
  public let offset: Int
  /// The line of that byte, counted from 1.
  public let line: Int
  /// The byte's place in its line, counted from 1.
  public let column: Int

  public var description: String { "\(problem), at line \(line), column \(column)" }
}

/// Text from a file in quotes, escaped and cut so that it is safe to show in a message.
package func quoted(_ text: String) -> String {
  // Scalars, not characters: one grapheme can be as long as its author likes.
  let limit = 80
  let scalars = text.unicodeScalars
  guard scalars.count > limit else { return text.debugDescription }
  return String(String.UnicodeScalarView(scalars.prefix(limit))).debugDescription + "…"
}
