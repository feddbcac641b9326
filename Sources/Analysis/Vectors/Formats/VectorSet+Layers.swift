extension VectorSet {
  /// The same vectors at some of their layers; throws if a layer has none.
  public func selecting(layers wanted: [Int]) throws(AnalysisError) -> VectorSet {
    for layer in wanted where !layers.contains(layer) {
      let list = layers.map(String.init).joined(separator: ", ")
      throw .vectorFile(
        path: "--layers", problem: "there is no vector of layer \(layer), only of \(list)")
    }
    let places = layers.indices.filter { wanted.contains(layers[$0]) }
    var set = self
    set.layers = places.map { layers[$0] }
    set.vectors = places.map { vectors[$0] }
    set.norms = places.map { norms[$0] }
    set.harmDirections = harmDirections.map { directions in places.map { directions[$0] } }
    set.anchors = anchors.map { anchor in
      var anchor = anchor
      anchor.cosines = places.map { anchor.cosines[$0] }
      return anchor
    }
    return set
  }
}
