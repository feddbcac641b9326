import ActivationStore

/// The file that a sweep is kept in, point by point.
public struct SweepFile: Sendable {
  public var path: String { file.path }
  private let file: ResumableFile
  private let vectors: String?

  /// `vectors` is the file of the refusal vectors, where the sweep has some.
  public init(path: String, overwrite: Bool, model: StoredModel, vectors: String?) {
    file = ResumableFile(path: path, overwrite: overwrite, model: model)
    self.vectors = vectors
  }

  /// The sweep as far as the file knows it; nil where it knows none, or where that may be overwritten.
  ///
  /// Refuses a sweep of another model.
  public func stored() throws(AnalysisError) -> Ablation? {
    let (found, model): (Ablation, StoredModel?)
    do throws(StoreError) {
      guard let group = try file.group(Ablation.groupName) else { return nil }
      found = try Ablation(group, path: path)
      model = try StoredModel(ResultFields(group: group, path: path))
    } catch {
      throw .store(error)
    }
    if let other = file.difference(fromModel: model) { throw refusal(other) }
    return found
  }

  /// The sweep to go on with: what the file knows of `empty`, or that where it knows nothing.
  ///
  /// Refuses one of other settings.
  public func resume(_ empty: Ablation) throws(AnalysisError) -> Ablation {
    guard let found = try stored() else { return empty }
    if let other = found.difference(from: empty) { throw refusal(other) }
    var goingOn = found
    goingOn.addedShares = empty.addedShares
    return goingOn
  }

  private func refusal(_ other: SettingDifference) -> AnalysisError {
    .ablation(
      .otherSettings(
        path: path, setting: other.name, stored: other.stored, given: other.given))
  }

  /// Writes what is known; nothing before the unablated model was measured.
  public func write(_ found: Ablation, provenance: Provenance) throws(StoreError) {
    guard let group = found.group(model: file.model, vectors: vectors) else { return }
    try file.write([group], provenance: provenance)
  }
}

extension Ablation {
  /// The first thing in which two sweeps differ.
  fileprivate func difference(from wanted: Ablation) -> SettingDifference? {
    if prompts != wanted.prompts {
      return SettingDifference(
        name: "set of prompts", counts: (prompts.count, wanted.prompts.count), of: "prompt")
    }
    if points != wanted.points {
      return SettingDifference(
        name: "list of points", counts: (points.count, wanted.points.count), of: "point")
    }
    if refusalTokenIDs != wanted.refusalTokenIDs {
      return SettingDifference(
        name: "set of refusal tokens", stored: "\(refusalTokenIDs)",
        given: "\(wanted.refusalTokenIDs)")
    }
    return SettingDifference(stored: settings, given: wanted.settings)
  }
}
