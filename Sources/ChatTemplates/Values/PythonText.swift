/// A string as Python sees it: an array of Unicode scalars, compared scalar by scalar.
///
/// Swift's `String` would treat canonically equivalent texts as equal and count grapheme clusters.
struct PythonText: Hashable, Sendable, Comparable, ExpressibleByStringLiteral {
  var scalars: [Unicode.Scalar]

  init(_ scalars: [Unicode.Scalar]) {
    self.scalars = scalars
  }

  init(_ slice: ArraySlice<Unicode.Scalar>) {
    self.scalars = Array(slice)
  }

  init(_ string: String) {
    self.scalars = Array(string.unicodeScalars)
  }

  init(stringLiteral string: String) {
    self.init(string)
  }

  var count: Int { scalars.count }
  var isEmpty: Bool { scalars.isEmpty }

  /// The same text as a Swift string.
  var string: String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  static func < (left: PythonText, right: PythonText) -> Bool {
    left.scalars.lexicographicallyPrecedes(right.scalars)
  }

  static func + (left: PythonText, right: PythonText) -> PythonText {
    PythonText(left.scalars + right.scalars)
  }
}

extension Unicode.Scalar {
  /// Whether Python's `str.isspace` and the regular expression `\s` accept the scalar.
  var isPythonSpace: Bool {
    switch value {
    case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A: return true
    case 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: return true
    default: return false
    }
  }

  /// Whether Python's `str.splitlines` ends a line at the scalar.
  var isPythonLineBreak: Bool {
    switch value {
    case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: return true
    default: return false
    }
  }

  /// Whether `repr` shows the scalar as itself.
  var isPythonPrintable: Bool {
    if value == 0x20 { return true }
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned: return false
    case .lineSeparator, .paragraphSeparator, .spaceSeparator: return false
    default: return true
    }
  }
}

/// Which ends of a text an operation works on.
struct TextEnds: OptionSet {
  let rawValue: Int
  static let left = TextEnds(rawValue: 1)
  static let right = TextEnds(rawValue: 2)
  static let both: TextEnds = [.left, .right]
}

extension PythonText {
  /// The text without the leading and trailing scalars that `isStripped` accepts.
  func stripped(
    _ ends: TextEnds = .both, where isStripped: (Unicode.Scalar) -> Bool = \.isPythonSpace
  ) -> PythonText {
    var lower = 0
    var upper = scalars.count
    if ends.contains(.left) {
      while lower < upper, isStripped(scalars[lower]) { lower += 1 }
    }
    if ends.contains(.right) {
      while upper > lower, isStripped(scalars[upper - 1]) { upper -= 1 }
    }
    return PythonText(scalars[lower..<upper])
  }

  /// Whether `other` stands at `position`.
  func matches(_ other: PythonText, at position: Int) -> Bool {
    guard position >= 0, position + other.count <= count else { return false }
    for offset in 0..<other.count where scalars[position + offset] != other.scalars[offset] {
      return false
    }
    return true
  }

  /// The first position in `range` at which `other` stands wholly inside it.
  func find(_ other: PythonText, in range: Range<Int>) -> Int? {
    guard range.count >= other.count else { return nil }
    for position in range.lowerBound...(range.upperBound - other.count)
    where matches(other, at: position) {
      return position
    }
    return nil
  }

  /// The last position in `range` at which `other` stands wholly inside it.
  func findLast(_ other: PythonText, in range: Range<Int>) -> Int? {
    guard range.count >= other.count else { return nil }
    for position in (range.lowerBound...(range.upperBound - other.count)).reversed()
    where matches(other, at: position) {
      return position
    }
    return nil
  }

  /// The lines as `str.splitlines` gives them, with their ends when asked.
  func lines(keepingEnds: Bool = false) -> [PythonText] {
    var lines: [PythonText] = []
    var start = 0
    var position = 0
    while position < count {
      guard scalars[position].isPythonLineBreak else {
        position += 1
        continue
      }
      let end = position
      position += scalars[position] == "\r" && matches("\n", at: position + 1) ? 2 : 1
      lines.append(PythonText(scalars[start..<(keepingEnds ? position : end)]))
      start = position
    }
    if start < count { lines.append(PythonText(scalars[start...])) }
    return lines
  }
}
