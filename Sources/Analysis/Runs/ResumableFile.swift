import ActivationStore
import Foundation

/// A file of results that a run goes on with where an earlier one stopped.
struct ResumableFile: Sendable {
  let path: String
  /// Whether what the file has is replaced, not gone on with.
  let overwrite: Bool
  /// What the run is made with.
  let model: StoredModel

  /// The group that an earlier run left; nil where there is none, or where it is to be replaced.
  func group(_ name: String) throws(StoreError) -> ResultGroup? {
    guard !overwrite, FileManager.default.fileExists(atPath: path),
      try ResultFile.contains(name, in: path)
    else { return nil }
    return try ResultFile.read(name, from: path)
  }

  /// The first thing in which the model of an earlier run differs.
  ///
  /// Nil where the weights, adapters included, are the same. Where files lie does not count.
  func difference(fromModel made: StoredModel?) -> SettingDifference? {
    guard let made, made.sha256 == model.sha256 else {
      return SettingDifference(
        name: "model", stored: made?.name ?? "other weights", given: model.name)
    }
    guard made.adapterContents == model.adapterContents else {
      return SettingDifference(
        name: "adapter", stored: made.adapterLabel, given: model.adapterLabel)
    }
    return nil
  }

  func write(_ groups: [ResultGroup], provenance: Provenance) throws(StoreError) {
    try ResultFile.write(groups, to: path, provenance: provenance, overwrite: true)
  }
}

/// A setting in which a run that goes on differs from what its file was made with.
public struct SettingDifference: Equatable, Sendable {
  public var name: String
  public var stored: String
  public var given: String

  init(name: String, stored: String, given: String) {
    (self.name, self.stored, self.given) = (name, stored, given)
  }

  /// Counts of something that is not the same, such as prompts.
  init(name: String, counts: (stored: Int, given: Int), of noun: String) {
    func counted(_ count: Int) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
    self.init(name: name, stored: counted(counts.stored), given: counted(counts.given))
  }

  /// The first difference by name; a setting that one of them lacks is `none` there.
  init?(stored: [String: String], given: [String: String]) {
    let names = Set(stored.keys).union(given.keys).sorted()
    guard let name = names.first(where: { stored[$0] != given[$0] }) else { return nil }
    self.init(name: name, stored: stored[name] ?? "none", given: given[name] ?? "none")
  }
}
