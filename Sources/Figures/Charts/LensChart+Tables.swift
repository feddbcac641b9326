extension LensChart {
  /// Vectors: the tokens that each layer promotes most, first place first.
  init(_ vectors: LensVectors, columns count: Int, origin: String) {
    self.init(
      caption: Caption(
        title: "Tokens that the refusal vectors promote", origin: origin,
        notes: ["␣ is a space. Shading: the token's score under the unembedding."]),
      columns: (1...count).map(String.init), columnTitle: "place",
      rows: zip(vectors.names, vectors.promoted).map { name, cells in
        Row(name: name, cells: Array(cells.prefix(count)))
      }, valueTitle: "score")
  }

  /// One prompt's hidden states, the last layer on top, as it comes out of the model.
  init(
    _ table: LensStates.Table, layers: [Int], id: String, columns: Range<Int>, origin: String
  ) {
    let cut =
      columns.lowerBound > 0
      ? " The last \(columns.count) of \(table.columns.count) tokens are shown." : ""
    self.init(
      caption: Caption(
        title: "Logit lens on prompt \(id)", origin: origin,
        notes: [
          "A cell is the most likely next token if the model stopped at that layer." + cut
        ]),
      columns: Array(table.columns[columns]), columnTitle: "position",
      rows: zip(layers, table.cells).reversed().map { layer, cells in
        Row(name: "\(layer)", cells: columns.map { cells[$0].first ?? LensCell.none })
      }, valueTitle: "probability")
  }
}

extension LensCell {
  /// A cell without a token.
  static let none = LensCell(token: "", value: 0)
}
