import ActivationStore
import Numerics

/// What the vectors of a file promote and suppress.
public struct VectorLens: Sendable {
  /// The lens of one vector.
  public struct Row: Hashable, Sendable {
    /// The segment whose first principal component this is; nil for the vector of one layer.
    public var segment: LayerSegment?
    /// The layers whose vectors went in, ascending.
    public var layers: [Int]
    /// Highest score first.
    public var promoted: [TokenScore]
    /// Lowest score first.
    public var suppressed: [TokenScore]
    /// Of the tokens that were asked for, in their order.
    public var standings: [TokenStanding]
  }

  /// How a segment's vector comes about, for outputs that record it.
  public static let segmentRule =
    "first principal component of the vectors of the segment's layers, not centred, unit length, "
    + "signed so that their mean projects positively; " + LayerSegment.rule

  /// One for every layer that has a vector, ascending.
  public var layers: [Row]
  /// One for every segment that has a layer with a vector.
  public var segments: [Row]
}

extension LogitLens {
  /// Reads the vectors of `wanted` layers, all where that is nil, and of each segment the first
  /// principal component of those that it has.
  ///
  /// `path` names the vectors' file in errors.
  public func read(
    _ set: VectorSet, layers wanted: [Int]? = nil, path: String,
    shouldStop: @escaping @Sendable () -> Bool = { false }
  ) throws(AnalysisError) -> VectorLens {
    try check(set, path: path)
    let kept = set.layers.filter { wanted?.contains($0) ?? true }
    guard !kept.isEmpty else { throw .lens(.noVectors(path: path, layers: set.layers)) }
    var rows: [(segment: LayerSegment?, layers: [Int], vector: [Float])] = []
    for layer in kept {
      if let vector = set.vector(atLayer: layer) { rows.append((nil, [layer], vector)) }
    }
    for segment in LayerSegment.allCases {
      let range = segment.layers(of: engine.config.nLayers)
      let layers = kept.filter(range.contains)
      let vectors = layers.compactMap(set.vector(atLayer:))
      if let component = firstPrincipalComponent(of: vectors, centred: false) {
        rows.append((segment, layers, component.map(Float.init)))
      }
    }
    let request = self.request
    let names = rows.map { row in
      (row.segment.map { "the \($0) segment" } ?? "layer \(row.layers[0])") + " of \(path)"
    }
    let found = try reduce(
      rows.flatMap(\.vector), applyingFinalNorm: request.applyingFinalNorm,
      shouldStop: shouldStop, name: { names[$0] }
    ) { _, scores in
      (
        scores.highest(request.top), scores.lowest(request.top),
        request.tokens.map(scores.standing(of:))
      )
    }
    let readings = zip(rows, found).map { row, found in
      VectorLens.Row(
        segment: row.segment, layers: row.layers, promoted: found.0, suppressed: found.1,
        standings: found.2)
    }
    return VectorLens(
      layers: readings.filter { $0.segment == nil },
      segments: readings.filter { $0.segment != nil })
  }

  private func check(_ set: VectorSet, path: String) throws(AnalysisError) {
    let config = engine.config
    guard set.dModel == config.dModel else {
      throw .lens(.otherWidth(path: path, dModel: set.dModel, expected: config.dModel))
    }
    if let layer = set.layers.last(where: { $0 >= config.nLayers }) {
      throw .lens(.layerBeyondModel(path: path, layer: layer, nLayers: config.nLayers))
    }
  }
}
