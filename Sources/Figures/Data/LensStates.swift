import ActivationStore

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
  /// The shape of the tokens: `[prompt, layer, position, rank]`, or `[token, layer, rank]`.
  private let shape: [Int]
  private let tokens: [String]
  private let probabilities: [Double]
  private let entropies: [Double]
  /// Where each prompt's tokens begin; empty where positions have names.
  private let offsets: [Int]
  private let columnNames: [String]

  init(_ fields: ResultFields) throws(StoreError) {
    layers = try fields.integers("layer")
    ids = try fields.texts("prompt_id")
    let isNamed = fields.has("position")
    columnNames = try isNamed ? fields.texts("position") : Self.tokenNames(fields)
    offsets = try isNamed ? [] : fields.integers("token_offset", shape: [ids.count + 1])
    let outer =
      isNamed
      ? [ids.count, layers.count, columnNames.count] : [columnNames.count, layers.count]
    shape = outer + [fields.shape("top_token").last ?? 0]
    tokens = try fields.texts("top_token", shape: shape)
    probabilities = try fields.doubles("top_probability", shape: shape)
    entropies = try fields.doubles("entropy", shape: outer)
    guard offsets.isEmpty || offsets[0] == 0 && offsets.last == columnNames.count,
      zip(offsets, offsets.dropFirst()).allSatisfy({ $0 <= $1 })
    else { throw fields.malformed("token_offset", "does not cut the tokens into prompts") }
  }

  /// The table of the prompt at an index.
  func table(of prompt: Int) -> Table {
    let columns = offsets.isEmpty ? 0..<columnNames.count : offsets[prompt]..<offsets[prompt + 1]
    func row(_ layer: Int, _ column: Int) -> Int {
      offsets.isEmpty
        ? (prompt * layers.count + layer) * columnNames.count + column
        : column * layers.count + layer
    }
    let width = shape[shape.count - 1]
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
    try fields.texts("token_text").map(visible)
  }
}
