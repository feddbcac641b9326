import Analysis

/// What `workbench vectors` prints: a row for every layer.
struct VectorTable {
  struct Row: Encodable {
    let layer: Int
    let norm: Double
    /// Absent without d_harm, or where one unsafe anchor leaves none to compare with.
    let separation: VectorSet.Separation?
    /// ROC-AUC of linear probes, each anchor scored by one that has not seen it, by what they read.
    let probes: [String: Double]
  }

  private let inputs: [StateProbe.Input]

  let rows: [Row]

  init(_ set: VectorSet) {
    let separations = set.anchorSeparations
    inputs = set.probes.map(\.input)
    rows = set.layers.indices.map { index in
      Row(
        layer: set.layers[index], norm: set.norms[index], separation: separations?[index],
        probes: Dictionary(
          uniqueKeysWithValues: set.probes.map { ($0.input.rawValue, $0.layerAUCs[index]) }))
    }
  }

  func show(json: Bool) throws {
    if json { return try printJSON(rows) }
    let hasSeparation = rows.contains { $0.separation != nil }
    let header =
      ["layer", "norm"] + (hasSeparation ? ["cos unsafe", "cos safe", "ROC-AUC"] : [])
      + inputs.map { "probe \($0.rawValue)" }
    let cells = rows.map { row in
      ["\(row.layer)", decimals(row.norm)]
        + (row.separation.map { separation in
          [separation.unsafeMean, separation.safeMean, separation.rocAUC].map { decimals($0) }
        } ?? [])
        + inputs.map { row.probes[$0.rawValue].map { decimals($0) } ?? "" }
    }
    printTable(header, cells, rightAligned: Set(header.indices))
  }
}
