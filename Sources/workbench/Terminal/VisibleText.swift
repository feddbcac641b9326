/// A text of several lines as it may be printed: what would steer a terminal shows as `\u{..}`.
///
/// That is every control character but line feed and tab, and the marks that turn the direction of
/// what follows, by which a text can seem another than it is.
func onTerminal(_ text: String) -> String {
  escaped(text) { steersTerminal($0) && $0 != "\n" && $0 != "\t" }
}

/// A text as one line, for cells and names.
func onOneLine(_ text: String) -> String {
  escaped(text) { steersTerminal($0) || $0 == "\u{2028}" || $0 == "\u{2029}" }
}

/// JSON that a terminal can be shown, and that means the same: such characters only stand in its
/// strings, where four digits may stand for them.
func onTerminal(json: String) -> String {
  var shown = String.UnicodeScalarView()
  for scalar in json.unicodeScalars {
    guard steersTerminal(scalar), scalar != "\n" else {
      shown.append(scalar)
      continue
    }
    let digits = String(scalar.value, radix: 16)
    shown += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".unicodeScalars
  }
  return String(shown)
}

/// A token with its spaces shown, since where a space belongs is what one looks for.
///
/// A space is `␣`; other spaces and characters without a glyph are `\u{..}`.
func visible(_ piece: String) -> String {
  escaped(piece.replacing(" ", with: "␣")) { scalar in
    steersTerminal(scalar) || scalar.properties.isWhitespace
      || scalar.properties.isDefaultIgnorableCodePoint
  }
}

private func steersTerminal(_ scalar: Unicode.Scalar) -> Bool {
  // U+0000 to U+001F, U+007F to U+009F; embeddings, overrides and isolates of direction.
  switch scalar.value {
  case 0...0x1F, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069: true
  default: false
  }
}

private func escaped(_ text: String, where isHidden: (Unicode.Scalar) -> Bool) -> String {
  guard text.unicodeScalars.contains(where: isHidden) else { return text }
  var shown = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    if isHidden(scalar) {
      let digits = String(scalar.value, radix: 16, uppercase: true)
      shown += "\\u{\(digits)}".unicodeScalars
    } else {
      shown.append(scalar)
    }
  }
  return String(shown)
}
