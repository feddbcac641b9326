/// Overlap of a summary with a reference: ROUGE-1, ROUGE-2 and ROUGE-L (Lin, 2004).
///
/// As PyPI `rouge-score` without stemming: texts in lower case, words are runs of a to z and 0 to 9,
/// n-grams count as often as they occur, and the longest common subsequence is of the whole texts.
/// PyPI `rouge`, which the SCANS paper's scores come from, has other numbers: it keeps case and
/// punctuation, counts each n-gram once, and takes ROUGE-L sentence by sentence.
public struct Rouge: Hashable, Sendable {
  /// Shares in 0...1.
  public struct Score: Hashable, Sendable, Encodable {
    public var precision: Double
    public var recall: Double
    /// 2 · precision · recall / (precision + recall); 0 where nothing is common.
    public var f: Double

    public init(precision: Double, recall: Double, f: Double) {
      self.precision = precision
      self.recall = recall
      self.f = f
    }

    /// `common` units of `found` in the summary and `wanted` in the reference.
    init(common: Int, found: Int, wanted: Int) {
      precision = Double(common) / Double(max(found, 1))
      recall = Double(common) / Double(max(wanted, 1))
      f = common == 0 ? 0 : 2 * precision * recall / (precision + recall)
    }
  }

  /// `[measure]`: what `scores` are of.
  public static let names = ["ROUGE-1", "ROUGE-2", "ROUGE-L"]

  /// `[measure]`.
  public let scores: [Score]

  public init(summary: String, reference: String) {
    let (found, wanted) = (Self.words(of: summary), Self.words(of: reference))
    scores = [
      Self.score(found, wanted, length: 1), Self.score(found, wanted, length: 2),
      Score(
        common: Self.longestCommon(found, wanted), found: found.count, wanted: wanted.count),
    ]
  }

  private static func words(of text: String) -> [String] {
    text.lowercased().utf8.split { !isWordByte($0) }.map { String(decoding: $0, as: UTF8.self) }
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func score(_ found: [String], _ wanted: [String], length: Int) -> Score {
    let (left, right) = (counts(found, length: length), counts(wanted, length: length))
    return Score(
      common: left.reduce(0) { $0 + min($1.value, right[$1.key] ?? 0) },
      found: left.values.reduce(0, +), wanted: right.values.reduce(0, +))
  }

  /// How often each run of `length` words occurs.
  private static func counts(_ words: [String], length: Int) -> [ArraySlice<String>: Int] {
    guard words.count >= length else { return [:] }
    let runs = (0...words.count - length).map { words[$0..<$0 + length] }
    return Dictionary(runs.map { ($0, 1) }, uniquingKeysWith: +)
  }

  /// The length of the longest common subsequence.
  ///
  /// - Complexity: O(`left` · `right`).
  private static func longestCommon(_ left: [String], _ right: [String]) -> Int {
    var row = [Int](repeating: 0, count: right.count + 1)
    for word in left {
      var diagonal = 0
      for (index, other) in right.enumerated() {
        let above = row[index + 1]
        row[index + 1] = word == other ? diagonal + 1 : max(above, row[index])
        diagonal = above
      }
    }
    return row[right.count]
  }
}
