import Foundation
import ModelLibrary
import TestSupport
import Testing

/// A new folder that disappears with the test.
final class Scratch {
  let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "workbench-library-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func path(_ name: String) -> String { folder + "/" + name }

  /// An environment whose cache folder is this one.
  var environment: [String: String] { ["WORKBENCH_CACHE": folder] }

  /// Writes a file, and the folders on the way to it; returns its path.
  @discardableResult
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let url = URL(fileURLWithPath: path(name))
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
    return url.path
  }
}

extension ChatModel {
  static func open() throws -> LanguageModel { try LanguageModel(path: path) }

  /// The model with texts and bytes changed: each old one occurs, and the new one is as long.
  static func open(
    replacing changes: [([UInt8], [UInt8])], in scratch: Scratch
  ) throws -> LanguageModel {
    var bytes = try bytes()
    for (old, new) in changes {
      try #require(old.count == new.count)
      bytes.replaceSubrange(try #require(bytes.firstRange(of: old)), with: new)
    }
    return try LanguageModel(path: scratch.write(bytes, to: "changed.gguf"))
  }
}
