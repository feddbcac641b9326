import ActivationStore
import ResultSchemas

extension VectorSet {
  public static let groupName = VectorsSchema.group
  private static let sign = "unsafe minus safe"

  /// Reads the vectors of a file that `workbench vectors` wrote.
  public static func read(_ path: String) throws(VectorError) -> VectorSet {
    do throws(StoreError) {
      let group = try ResultFile.read(groupName, from: path)
      return try VectorSet(group, path: path)
    } catch {
      throw .store(error)
    }
  }

  /// The set as a group of a results file.
  public var group: ResultGroup {
    ResultGroup(name: Self.groupName, attributes: attributes, datasets: datasets)
  }

  private var attributes: [String: ResultValue] {
    var attributes: [String: ResultValue] = [
      "kind": .text(kind.rawValue), "unit": .integer(isUnit ? 1 : 0), "sign": .text(Self.sign),
      "position": .text(position), "hook": .text(TransitionStates.hook),
      "n_unsafe": .integer(unsafeCount), "n_safe": .integer(safeCount),
    ]
    // HDF5 attributes here are signed; the bits are kept.
    attributes["seed"] = seed.map { .integer(Int(truncatingIfNeeded: $0)) }
    attributes["source"] = source.map { .text($0) }
    return attributes.merging(model?.attributes ?? [:]) { own, _ in own }
  }

  private var sizes: AxisSizes {
    ["layer": layers.count, "d_model": dModel, "anchor": anchors.count]
  }

  private var datasets: [ResultDataset] {
    var datasets = [
      VectorsSchema.refusal.dataset(.floats(vectors.flatMap { $0 }), sizes),
      VectorsSchema.norm.column(.doubles(norms)),
      VectorsSchema.layer.column(.integers(layers)),
    ]
    if let residualNorms {
      datasets.append(VectorsSchema.residualNorm.column(.doubles(residualNorms)))
    }
    if let harmDirections {
      datasets.append(VectorsSchema.harm.dataset(.floats(harmDirections.flatMap { $0 }), sizes))
    }
    return datasets + anchorDatasets + probeDatasets
  }

  private var probeDatasets: [ResultDataset] {
    guard !probes.isEmpty else { return [] }
    let sizes: AxisSizes = [
      "probe": probes.count, "layer": layers.count, "d_model": dModel, "anchor": anchors.count,
    ]
    return [
      VectorsSchema.probe.column(.texts(probes.map(\.input.rawValue))),
      VectorsSchema.probeLayer.column(.integers(probes.map(\.layer))),
      VectorsSchema.probePenalty.column(.doubles(probes.map(\.penalty))),
      VectorsSchema.probeWeight.dataset(.doubles(probes.flatMap(\.weights)), sizes),
      VectorsSchema.probeBias.column(.doubles(probes.map(\.bias))),
      VectorsSchema.probeAUC.dataset(.doubles(probes.flatMap(\.layerAUCs)), sizes),
      VectorsSchema.anchorProbeScore.dataset(.doubles(probes.flatMap(\.anchorScores)), sizes),
    ]
  }

  private var anchorDatasets: [ResultDataset] {
    guard !anchors.isEmpty else { return [] }
    var datasets = [
      VectorsSchema.anchorID.column(.texts(anchors.map(\.id))),
      VectorsSchema.anchorLabel.column(.texts(anchors.map { $0.isUnsafe ? "unsafe" : "safe" })),
    ]
    let digests = anchors.compactMap(\.textDigest)
    if digests.count == anchors.count {
      datasets.append(VectorsSchema.anchorDigest.column(.texts(digests)))
    }
    if anchors.allSatisfy({ $0.cosines.count == layers.count }) {
      datasets.append(
        VectorsSchema.anchorCosine.dataset(.doubles(anchors.flatMap(\.cosines)), sizes))
    }
    return datasets
  }
}

extension VectorSet {
  /// Takes a group apart and checks that its parts fit together; `path` is for errors.
  public init(_ group: ResultGroup, path: String) throws(StoreError) {
    let fields = ResultFields(group: group, path: path)
    let layers = try fields.integers(VectorsSchema.layer)
    guard let first = layers.first, first >= 0, zip(layers, layers.dropFirst()).allSatisfy(<) else {
      throw fields.malformed(VectorsSchema.layer.name, "is not an ascending list of blocks")
    }
    let hook = try fields.text("hook")
    guard hook == TransitionStates.hook else {
      throw fields.malformed("attribute hook", "is '\(hook)', not \(TransitionStates.hook)")
    }
    guard let kind = Kind(rawValue: try fields.text("kind")) else {
      throw fields.malformed("attribute kind", "names no way to make vectors")
    }
    let vectors = try fields.floatRows(VectorsSchema.refusal.name, count: layers.count)
    self.init(
      kind: kind, layers: layers, vectors: vectors, isUnit: try fields.integer("unit") != 0,
      norms: try fields.doubles(VectorsSchema.norm, ["layer": layers.count]),
      position: try fields.text("position"), unsafeCount: try fields.integer("n_unsafe"),
      safeCount: try fields.integer("n_safe"), harmDirections: nil,
      anchors: try Self.anchors(fields, layerCount: layers.count),
      residualNorms: try fields.has(VectorsSchema.residualNorm)
        ? fields.doubles(VectorsSchema.residualNorm, ["layer": layers.count]) : nil,
      model: try StoredModel(fields),
      seed: try fields.has(attribute: "seed")
        ? UInt64(bitPattern: Int64(fields.integer("seed"))) : nil,
      source: try fields.has(attribute: "source") ? fields.text("source") : nil)
    probes = try Self.probes(
      fields, layers: layers, anchors: anchors.count, dModel: dModel)
    guard fields.has(VectorsSchema.harm) else { return }
    let harm = try fields.floatRows(VectorsSchema.harm.name, count: layers.count)
    guard harm.first?.count == dModel else {
      throw fields.malformed(VectorsSchema.harm.name, "is not as wide as refusal")
    }
    harmDirections = harm
  }

  /// Files of earlier versions have none.
  private static func probes(
    _ fields: ResultFields, layers: [Int], anchors: Int, dModel: Int
  ) throws(StoreError) -> [StateProbe] {
    guard fields.has(VectorsSchema.probe) else { return [] }
    let inputs = try fields.texts(VectorsSchema.probe)
    let sizes: AxisSizes = [
      "probe": inputs.count, "layer": layers.count, "anchor": anchors, "d_model": dModel,
    ]
    let own = try fields.integers(VectorsSchema.probeLayer, sizes)
    let penalties = try fields.doubles(VectorsSchema.probePenalty, sizes)
    let weights = try fields.doubles(VectorsSchema.probeWeight, sizes)
    let biases = try fields.doubles(VectorsSchema.probeBias, sizes)
    let areas = try fields.doubles(VectorsSchema.probeAUC, sizes)
    let scores = try fields.doubles(VectorsSchema.anchorProbeScore, sizes)
    return try inputs.indices.map { index throws(StoreError) in
      guard let input = StateProbe.Input(rawValue: inputs[index]), layers.contains(own[index])
      else { throw fields.malformed(VectorsSchema.probe.name, "names no state of these layers") }
      func row(_ values: [Double], _ width: Int) -> [Double] {
        Array(values[index * width..<(index + 1) * width])
      }
      return StateProbe(
        input: input, layer: own[index], penalty: penalties[index],
        weights: row(weights, dModel), bias: biases[index],
        anchorScores: row(scores, anchors), layerAUCs: row(areas, layers.count))
    }
  }

  private static func anchors(
    _ fields: ResultFields, layerCount: Int
  ) throws(StoreError) -> [Anchor] {
    guard fields.has(VectorsSchema.anchorID) else { return [] }
    let ids = try fields.texts(VectorsSchema.anchorID)
    let sizes: AxisSizes = ["anchor": ids.count, "layer": layerCount]
    let labels = try fields.texts(VectorsSchema.anchorLabel, sizes)
    guard labels.allSatisfy({ $0 == "unsafe" || $0 == "safe" }) else {
      throw fields.malformed(
        VectorsSchema.anchorLabel.name, "does not call each anchor unsafe or safe")
    }
    let digests =
      try fields.has(VectorsSchema.anchorDigest)
      ? fields.texts(VectorsSchema.anchorDigest, sizes) : nil
    let cosines =
      try fields.has(VectorsSchema.anchorCosine)
      ? fields.doubles(VectorsSchema.anchorCosine, sizes) : []
    return ids.indices.map { index in
      let row = cosines.isEmpty ? 0..<0 : index * layerCount..<(index + 1) * layerCount
      return Anchor(
        id: ids[index], textDigest: digests?[index], isUnsafe: labels[index] == "unsafe",
        cosines: Array(cosines[row]))
    }
  }
}
