import ActivationStore
import Analysis
import Foundation

/// The file that a sweep is kept in, point by point.
struct SweepFile {
  let path: String
  let overwrite: Bool
  let model: StoredModel
  let vectors: String?

  /// The sweep as far as the file knows it, or `empty` where it knows none.
  ///
  /// Refuses a sweep that is finished, and one of other settings, unless it may be overwritten.
  func resume(_ empty: Ablation) throws -> Ablation {
    guard !overwrite, FileManager.default.fileExists(atPath: path),
      try ResultFile.contains(Ablation.groupName, in: path)
    else { return empty }
    let group = try ResultFile.read(Ablation.groupName, from: path)
    let found = try Ablation(group, path: path)
    if found.isFinished { throw StoreError.groupExists(path: path, group: group.name) }
    if group.attributes["model_sha256"] != model.attributes["model_sha256"]
      || group.attributes["model_adapters"] != model.attributes["model_adapters"]
    {
      throw other("model", "other weights", model.name)
    }
    try found.expectSame(as: empty) { other($0, $1, $2) }
    note("\(path): \(found.doneCount) of \(counted(found.points.count, "point")) are there already")
    return found
  }

  func write(_ found: Ablation, started: Date) throws {
    guard let group = found.group(model: model, vectors: vectors) else { return }
    try ResultFile.write(
      [group], to: path, provenance: .thisRun(started: started), overwrite: true)
  }

  private func other(_ setting: String, _ stored: String, _ given: String) -> AblationError {
    .otherSettings(path: path, setting: setting, stored: stored, given: given)
  }
}

extension Ablation {
  /// Throws what `other` makes of the first thing in which two sweeps differ.
  fileprivate func expectSame(
    as wanted: Ablation,
    _ other: (_ setting: String, _ stored: String, _ given: String) -> AblationError
  ) throws {
    guard prompts == wanted.prompts else {
      throw other(
        "set of prompts", counted(prompts.count, "prompt"),
        counted(wanted.prompts.count, "prompt"))
    }
    guard points == wanted.points else {
      throw other(
        "list of points", counted(points.count, "point"), counted(wanted.points.count, "point"))
    }
    guard refusalTokenIDs == wanted.refusalTokenIDs else {
      throw other("set of refusal tokens", "\(refusalTokenIDs)", "\(wanted.refusalTokenIDs)")
    }
    if let setting = SettingDifference(stored: settings, given: wanted.settings) {
      throw other(setting.name, setting.stored, setting.given)
    }
  }
}
