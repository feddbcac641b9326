/// The lens on hidden states as the page embeds it.
struct ReportLens: Encodable {
  /// So many tokens keep the page small enough to open at once.
  private static let tokenLimit = 200_000
  private static let ranks = 3

  struct Table: Encodable {
    let columns: [String]
    /// Per layer and column: index of a token, its probability, and so on from the first place.
    let cells: [[[Double]]]
    /// Per layer and column, in nats.
    let entropy: [[Double]]
  }

  let note: String
  let layers: [Int]
  /// Of the prompts that are shown.
  let ids: [String]
  let texts: [String]
  let tables: [Table]
  /// The different tokens of all tables.
  let tokens: [String]

  /// Nil where there is nothing to show; `texts` tells what the prompts said.
  init?(_ states: LensStates, path: String, texts: PromptTexts) {
    var vocabulary = Vocabulary()
    var tables: [Table] = []
    var used = 0
    for prompt in states.ids.indices {
      let table = states.table(of: prompt)
      used += table.columns.count * states.layers.count * Self.ranks
      guard used <= Self.tokenLimit || tables.isEmpty else { break }
      tables.append(Self.embedded(table, &vocabulary))
    }
    guard !tables.isEmpty, !states.layers.isEmpty else { return nil }
    self.tables = tables
    tokens = vocabulary.tokens
    layers = states.layers
    ids = Array(states.ids.prefix(tables.count))
    self.texts = ids.map { texts.text(of: $0, in: path) ?? "" }
    let cut =
      tables.count < states.ids.count
      ? " The first \(tables.count) of \(states.ids.count) prompts are shown." : ""
    note =
      "A cell is the most likely next token if the model stopped at that layer, shaded by its "
      + "probability; hold the pointer over it for the next ones. ␣ is a space." + cut
  }

  private static func embedded(_ table: LensStates.Table, _ vocabulary: inout Vocabulary) -> Table {
    var cells: [[[Double]]] = []
    for row in table.cells {
      cells.append([])
      for cell in row {
        var entries: [Double] = []
        for entry in cell.prefix(ranks) {
          entries.append(Double(vocabulary.index(of: visible(entry.token))))
          entries.append(rounded(entry.value, decimals: 4))
        }
        cells[cells.count - 1].append(entries)
      }
    }
    return Table(
      columns: table.columns, cells: cells,
      entropy: table.entropy.map { $0.map { rounded($0, decimals: 3) } })
  }

  /// Tokens by number, since most occur again and again.
  private struct Vocabulary {
    private(set) var tokens: [String] = []
    private var indices: [String: Int] = [:]

    mutating func index(of token: String) -> Int {
      if let index = indices[token] { return index }
      indices[token] = tokens.count
      tokens.append(token)
      return tokens.count - 1
    }
  }
}

/// The lens on vectors as the page embeds it.
struct ReportVectorLens: Encodable {
  struct Cell: Encodable {
    let token: String
    let score: Double

    func encode(to encoder: any Encoder) throws {
      var values = encoder.unkeyedContainer()
      try values.encode(token)
      try values.encode(score)
    }
  }

  let names: [String]
  let promoted: [[Cell]]
  let suppressed: [[Cell]]

  /// Nil where there is nothing to show.
  init?(_ vectors: LensVectors) {
    guard let width = vectors.promoted.first?.count, width > 0 else { return nil }
    func cells(_ rows: [[LensCell]]) -> [[Cell]] {
      rows.map { row in
        row.map { Cell(token: visible($0.token), score: rounded($0.value, decimals: 4)) }
      }
    }
    names = vectors.names
    promoted = cells(vectors.promoted)
    suppressed = cells(vectors.suppressed)
  }
}
