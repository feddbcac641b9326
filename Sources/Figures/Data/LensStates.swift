import ActivationStore
import ResultSchemas

/// Hidden states as tokens: what each layer would say at each position of each prompt.
struct LensStates {
  /// One prompt's table.
  struct Table {
    /// The columns: names of positions, or the prompt's tokens.
    let columns: [String]
    /// Per layer and column, the tokens from the first place on with their probabilities.
    let cells: [[[LensCell]]]
    /// Per layer and column, in nats.
    let entropy: [[Double]]
  }

  let layers: [Int]
  let ids: [String]
  /// Tokens of a place, from the likeliest on.
  private let ranks: Int
  private let tokens: [String]
  private let probabilities: [Double]
  private let entropies: [Double]
  /// Where each prompt's tokens begin; empty where positions have names.
  private let offsets: [Int]
  private let columnNames: [String]

  init(_ fields: ResultFields) throws(StoreError) {
    layers = try fields.integers(LensSchema.layer)
    ids = try fields.texts(LensSchema.promptID)
    let isNamed = fields.has(LensSchema.position)
    let schema = isNamed ? LensSchema.atPositions : LensSchema.atTokens
    columnNames = try isNamed ? fields.texts(LensSchema.position) : Self.tokenNames(fields)
    offsets =
      try isNamed ? [] : fields.integers(LensSchema.tokenOffset, ["prompt_edge": ids.count + 1])
    ranks = fields.shape(schema.top.token.name).last ?? 0
    let sizes: AxisSizes = [
      "prompt": ids.count, "layer": layers.count, "rank": ranks,
      isNamed ? "position" : "token": columnNames.count,
    ]
    tokens = try fields.texts(schema.top.token, sizes)
    probabilities = try fields.doubles(schema.topProbability, sizes)
    entropies = try fields.doubles(schema.entropy, sizes)
    guard offsets.isEmpty || offsets[0] == 0 && offsets.last == columnNames.count,
      zip(offsets, offsets.dropFirst()).allSatisfy({ $0 <= $1 })
    else {
      throw fields.malformed(LensSchema.tokenOffset.name, "does not cut the tokens into prompts")
    }
  }

  /// The table of the prompt at an index.
  func table(of prompt: Int) -> Table {
    let columns = offsets.isEmpty ? 0..<columnNames.count : offsets[prompt]..<offsets[prompt + 1]
    func row(_ layer: Int, _ column: Int) -> Int {
      offsets.isEmpty
        ? (prompt * layers.count + layer) * columnNames.count + column
        : column * layers.count + layer
    }
    let width = ranks
    return Table(
      columns: columns.map { columnNames[$0] },
      cells: layers.indices.map { layer in
        columns.map { column in
          let start = row(layer, column) * width
          return (start..<start + width).map {
            LensCell(token: tokens[$0], value: probabilities[$0])
          }
        }
      },
      entropy: layers.indices.map { layer in columns.map { entropies[row(layer, $0)] } })
  }

  /// The tokens that were read, as text.
  private static func tokenNames(_ fields: ResultFields) throws(StoreError) -> [String] {
    try fields.texts(LensSchema.tokenText).map(visible)
  }
}
