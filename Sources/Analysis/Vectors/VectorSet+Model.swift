import ActivationStore

extension VectorSet {
  /// Refuses vectors that do not fit a model, or that were made with other weights.
  ///
  /// Another width or fewer layers are always refused. Other weights, adapters included, are
  /// refused unless `allowOther`; what counts is the bytes and the adapters' scales, not names and
  /// places. Vectors of a file that does not say which model they are of pass. `path` names the
  /// vectors' file in errors.
  public func expectMatches(
    _ other: StoredModel, path: String, allowOther: Bool
  ) throws(VectorError) {
    guard dModel == other.dModel else {
      throw .otherWidth(path: path, width: dModel, given: other)
    }
    if let layer = layers.last, layer >= other.nLayers {
      throw .beyondModel(path: path, layer: layer, given: other)
    }
    guard let model, !allowOther else { return }
    guard model.sha256 == other.sha256 else {
      throw .otherModel(path: path, made: model.label, given: other.label)
    }
    guard model.adapterContents == other.adapterContents else {
      throw .otherAdapters(path: path, made: model.adapterLabel, given: other.adapterLabel)
    }
  }

  /// The places of layers in the set: all where none are named.
  func places(ofLayers wanted: [Int]?, path: String) throws(VectorError) -> [Int] {
    guard let wanted else { return Array(layers.indices) }
    return try Set(wanted).sorted().map { layer throws(VectorError) in
      guard let place = layers.firstIndex(of: layer) else {
        throw .noSuchLayer(path: path, layer: layer, stored: layers)
      }
      return place
    }
  }
}

extension StoredModel {
  fileprivate var label: String { "\(name), SHA-256 \(sha256.prefix(12))" }
}
