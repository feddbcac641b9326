import Foundation

/// Unicode's normalisation form C.
///
/// Foundation decomposes; ordering and composing are done here. Foundation on Linux composes
/// wrongly (it takes U+10041 for `A` when a mark follows, and loses Hangul jamo after a syllable)
/// and leaves the marks of U+0F73, U+0F75 and U+0F81 out of order.
/// Source: Unicode Standard Annex 15 and section 3.12 of the standard (Hangul).
enum NormalizationFormC {
  /// `text` with every character composed as far as it goes.
  static func normalize(_ text: String) -> String {
    var composed: [Unicode.Scalar] = []
    var starter: Int?
    var lastClass = Unicode.CanonicalCombiningClass.notReordered
    for scalar in decompose(text) {
      let combiningClass = scalar.properties.canonicalCombiningClass
      if let position = starter {
        let isAdjacent = position == composed.count - 1
        let isBlocked = !isAdjacent && lastClass >= combiningClass
        if !isBlocked, let result = compose(composed[position], scalar) {
          composed[position] = result
          continue
        }
      }
      if combiningClass == .notReordered { starter = composed.count }
      lastClass = combiningClass
      composed.append(scalar)
    }
    var result = String.UnicodeScalarView()
    result.append(contentsOf: composed)
    return String(result)
  }

  /// The characters of `text` taken apart, marks in canonical order.
  private static func decompose(_ text: String) -> [Unicode.Scalar] {
    var scalars = Array(text.decomposedStringWithCanonicalMapping.unicodeScalars)
    var start = 0
    while start < scalars.count {
      guard !isStarter(scalars[start]) else {
        start += 1
        continue
      }
      let end = scalars[start...].firstIndex(where: isStarter) ?? scalars.count
      if end - start > 1 {
        scalars.replaceSubrange(start..<end, with: ordered(scalars[start..<end]))
      }
      start = end
    }
    return scalars
  }

  /// Marks by combining class, those of the same class as they came.
  private static func ordered(_ marks: ArraySlice<Unicode.Scalar>) -> [Unicode.Scalar] {
    marks.enumerated().map { ($1.properties.canonicalCombiningClass, $0, $1) }
      .sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
  }

  private static func compose(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar?
  {
    if let syllable = composeHangul(first.value, second.value) { return Unicode.Scalar(syllable) }
    return pairs[Pair(first: first, second: second)]
  }

  /// Leading consonant and vowel, or such a syllable and a trailing consonant.
  private static func composeHangul(_ first: UInt32, _ second: UInt32) -> UInt32? {
    let syllables: Range<UInt32> = 0xAC00..<0xD7A4
    if (0x1100..<0x1113).contains(first), (0x1161..<0x1176).contains(second) {
      return syllables.lowerBound + ((first - 0x1100) * 21 + second - 0x1161) * 28
    }
    if syllables.contains(first), (first - syllables.lowerBound) % 28 == 0,
      (0x11A8..<0x11C3).contains(second)
    {
      return first + second - 0x11A7
    }
    return nil
  }

  private struct Pair: Hashable {
    var first, second: Unicode.Scalar
  }

  /// What two characters compose to, Hangul aside.
  private static let pairs: [Pair: Unicode.Scalar] = {
    var composites: [[Unicode.Scalar]: Unicode.Scalar] = [:]
    for scalar in candidates {
      let parts = Array(String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars)
      guard parts.count > 1, isStarter(scalar), isStarter(parts[0]) else { continue }
      // Duplicates such as the Angstrom sign never result; the letter proper comes before them.
      if composites[parts] == nil { composites[parts] = scalar }
    }
    var pairs: [Pair: Unicode.Scalar] = [:]
    for (parts, composite) in composites {
      guard let last = parts.last else { continue }
      let head = Array(parts.dropLast())
      guard let first = head.count == 1 ? head.first : composites[head] else { continue }
      pairs[Pair(first: first, second: last)] = composite
    }
    return pairs
  }()

  private static func isStarter(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.canonicalCombiningClass == .notReordered
  }

  /// The characters of the blocks that have composites, less those that never result.
  private static var candidates: some Sequence<Unicode.Scalar> {
    let blocks: [ClosedRange<UInt32>] = [0xC0...0x30FF, 0x10000...0x16FFF]
    return blocks.joined().lazy.filter { value in !exclusions.contains { $0.contains(value) } }
      .compactMap(Unicode.Scalar.init)
  }

  /// Characters that decompose but never result from composing.
  ///
  /// The script-specific exclusions of Unicode's `CompositionExclusions.txt` inside `candidates`;
  /// Unicode's stability policy closes the list.
  private static let exclusions: [ClosedRange<UInt32>] = [
    0x958...0x95F, 0x9DC...0x9DD, 0x9DF...0x9DF, 0xA33...0xA33, 0xA36...0xA36, 0xA59...0xA5B,
    0xA5E...0xA5E, 0xB5C...0xB5D, 0xF43...0xF43, 0xF4D...0xF4D, 0xF52...0xF52, 0xF57...0xF57,
    0xF5C...0xF5C, 0xF69...0xF69, 0xF76...0xF76, 0xF78...0xF78, 0xF93...0xF93, 0xF9D...0xF9D,
    0xFA2...0xFA2, 0xFA7...0xFA7, 0xFAC...0xFAC, 0xFB9...0xFB9, 0x2ADC...0x2ADC,
  ]
}
