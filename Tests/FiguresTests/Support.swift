import ActivationStore
import Foundation

/// A folder for one test's files; gone afterwards.
final class Folder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "workbench-figures-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }

  func callAsFunction(_ name: String) -> String { path + "/" + name }

  func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: self(name)))
  }

  func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

  /// Writes groups of results as a command does, and gives the file's path.
  func write(_ groups: [ResultGroup], to name: String = "run.h5") throws -> String {
    try ResultFile.write(
      groups, to: self(name),
      provenance: Provenance(
        toolVersion: "0.1.0", commandLine: "workbench sample --of \"it\"",
        created: Date(timeIntervalSince1970: 1_700_000_000)),
      overwrite: true)
    return self(name)
  }
}

extension ResultGroup {
  func replacing(_ name: String, with values: ResultDataset.Values) -> ResultGroup {
    var group = self
    for index in datasets.indices where datasets[index].name == name {
      group.datasets[index].values = values
    }
    return group
  }

  func without(_ name: String) -> ResultGroup {
    var group = self
    group.datasets.removeAll { $0.name == name }
    return group
  }
}
