import ActivationStore

/// The group `vectors` of a results file.
///
/// | dataset | axes | type | meaning |
/// |---|---|---|---|
/// | `refusal` | layer, d_model | float32 | v_r as it is added to the residual stream |
/// | `norm` | layer | float64 | its L2 norm before any division |
/// | `harm` | layer, d_model | float32 | d_harm, not normalised; absent without responses |
/// | `layer` | layer | int64 | the block of each vector, from 0 |
/// | `anchor_id`, `anchor_label` | anchor | UTF-8 | the prompts; `unsafe` or `safe` |
/// | `anchor_cosine` | anchor, layer | float64 | cosine of a_t with d_harm, leave-one-out if unsafe |
///
/// Attributes: `kind`, `unit` (0 or 1), `sign`, `position`, `hook`, `n_unsafe`, `n_safe`, `seed`
/// (absent where all prompts are anchors), `source`, and `model_*` where the model is known.
extension VectorSet {
  public static let groupName = "vectors"
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

  private var datasets: [ResultDataset] {
    let widths = [layers.count, dModel]
    var datasets = [
      ResultDataset(
        name: "refusal", axes: ["layer", "d_model"], shape: widths,
        values: .floats(vectors.flatMap { $0 })),
      ResultDataset(name: "norm", axes: ["layer"], shape: [layers.count], values: .doubles(norms)),
      ResultDataset(
        name: "layer", axes: ["layer"], shape: [layers.count], values: .integers(layers)),
    ]
    if let harmDirections {
      datasets.append(
        ResultDataset(
          name: "harm", axes: ["layer", "d_model"], shape: widths,
          values: .floats(harmDirections.flatMap { $0 })))
    }
    return datasets + anchorDatasets
  }

  private var anchorDatasets: [ResultDataset] {
    guard !anchors.isEmpty else { return [] }
    var datasets = [
      ResultDataset(
        name: "anchor_id", axes: ["anchor"], shape: [anchors.count],
        values: .texts(anchors.map(\.id))),
      ResultDataset(
        name: "anchor_label", axes: ["anchor"], shape: [anchors.count],
        values: .texts(anchors.map { $0.isUnsafe ? "unsafe" : "safe" })),
    ]
    if anchors.allSatisfy({ $0.cosines.count == layers.count }) {
      datasets.append(
        ResultDataset(
          name: "anchor_cosine", axes: ["anchor", "layer"], shape: [anchors.count, layers.count],
          values: .doubles(anchors.flatMap(\.cosines))))
    }
    return datasets
  }
}

extension VectorSet {
  /// Takes a group apart and checks that its parts fit together; `path` is for errors.
  public init(_ group: ResultGroup, path: String) throws(StoreError) {
    let fields = ResultFields(group: group, path: path)
    let layers = try fields.integers("layer")
    guard let first = layers.first, first >= 0, zip(layers, layers.dropFirst()).allSatisfy(<) else {
      throw fields.malformed("layer", "is not an ascending list of blocks")
    }
    let hook = try fields.text("hook")
    guard hook == TransitionStates.hook else {
      throw fields.malformed("attribute hook", "is '\(hook)', not \(TransitionStates.hook)")
    }
    guard let kind = Kind(rawValue: try fields.text("kind")) else {
      throw fields.malformed("attribute kind", "names no way to make vectors")
    }
    let vectors = try fields.floatRows("refusal", count: layers.count)
    self.init(
      kind: kind, layers: layers, vectors: vectors, isUnit: try fields.integer("unit") != 0,
      norms: try fields.doubles("norm", shape: [layers.count]),
      position: try fields.text("position"), unsafeCount: try fields.integer("n_unsafe"),
      safeCount: try fields.integer("n_safe"), harmDirections: nil,
      anchors: try Self.anchors(fields, layerCount: layers.count),
      model: try StoredModel(fields),
      seed: try fields.has(attribute: "seed")
        ? UInt64(bitPattern: Int64(fields.integer("seed"))) : nil,
      source: try fields.has(attribute: "source") ? fields.text("source") : nil)
    guard fields.has("harm") else { return }
    let harm = try fields.floatRows("harm", count: layers.count)
    guard harm.first?.count == dModel else {
      throw fields.malformed("harm", "is not as wide as refusal")
    }
    harmDirections = harm
  }

  private static func anchors(
    _ fields: ResultFields, layerCount: Int
  ) throws(StoreError) -> [Anchor] {
    guard fields.has("anchor_id") else { return [] }
    let ids = try fields.texts("anchor_id")
    let labels = try fields.texts("anchor_label")
    guard labels.count == ids.count, labels.allSatisfy({ $0 == "unsafe" || $0 == "safe" }) else {
      throw fields.malformed("anchor_label", "does not call each anchor unsafe or safe")
    }
    let cosines =
      try fields.has("anchor_cosine")
      ? fields.doubles("anchor_cosine", shape: [ids.count, layerCount]) : []
    return ids.indices.map { index in
      let row = cosines.isEmpty ? 0..<0 : index * layerCount..<(index + 1) * layerCount
      return Anchor(
        id: ids[index], isUnsafe: labels[index] == "unsafe", cosines: Array(cosines[row]))
    }
  }
}
