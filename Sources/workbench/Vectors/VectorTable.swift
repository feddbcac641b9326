import Analysis

/// What `workbench vectors` prints: a row for every layer.
struct VectorTable: Encodable {
  struct Row: Encodable {
    let layer: Int
    let norm: Double
    /// Absent without d_harm, or where one unsafe anchor leaves none to compare with.
    let separation: VectorSet.Separation?
  }

  let rows: [Row]

  init(_ set: VectorSet) {
    let separations = set.anchorSeparations
    rows = set.layers.indices.map { index in
      Row(layer: set.layers[index], norm: set.norms[index], separation: separations?[index])
    }
  }

  func show(json: Bool) throws {
    if json { return try printJSON(rows) }
    let hasSeparation = rows.contains { $0.separation != nil }
    let header = ["layer", "norm"] + (hasSeparation ? ["cos unsafe", "cos safe", "ROC-AUC"] : [])
    let cells = rows.map { row in
      ["\(row.layer)", decimals(row.norm)]
        + (row.separation.map { separation in
          [separation.unsafeMean, separation.safeMean, separation.rocAUC].map { decimals($0) }
        } ?? [])
    }
    printTable(header, cells, rightAligned: [0, 1, 2, 3, 4])
  }
}
