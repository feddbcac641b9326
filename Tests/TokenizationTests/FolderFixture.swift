import Foundation
import Testing
import Tokenization

/// A folder of tokenizer files and what Hugging Face's libraries make of some texts with it.
struct FolderFixture: Decodable {
  static let kinds = [
    "prepend", "first", "split", "unigram", "unigram-bytes", "byte-level", "model", "model-legacy",
  ]

  /// The names of the files and what is in them.
  var files: [String: String]
  var cases: [Fixture.Case]

  /// Reads `Fixtures/folder-<kind>.json`, written by `make_pipeline_fixtures.py`.
  static func load(_ kind: String) throws -> FolderFixture {
    let url = try #require(
      Bundle.module.url(
        forResource: "folder-\(kind)", withExtension: "json", subdirectory: "Fixtures"))
    return try JSONDecoder().decode(FolderFixture.self, from: Data(contentsOf: url))
  }

  func open() throws -> HuggingFaceTokenizer {
    var contents: [String: [UInt8]] = [:]
    for (name, text) in files {
      let isModel = name == "tokenizer.model"
      contents[name] =
        isModel ? Array(try #require(Data(base64Encoded: text))) : Array(text.utf8)
    }
    return try withFolder(contents) { try HuggingFaceTokenizer(folder: $0) }
  }
}

/// Calls `body` with the path of a folder that has these files, and deletes it.
func withFolder<Result>(
  _ files: [String: [UInt8]], _ body: (String) throws -> Result
) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  for (name, bytes) in files { try Data(bytes).write(to: folder.appendingPathComponent(name)) }
  return try body(folder.path)
}

/// Opens a folder with these files.
func openFolder(_ files: [String: String]) throws -> HuggingFaceTokenizer {
  try withFolder(files.mapValues { Array($0.utf8) }) { try HuggingFaceTokenizer(folder: $0) }
}

/// The error of opening a folder with these files; the folder's own path is left out of it.
func folderError(_ files: [String: [UInt8]]) throws -> String? {
  try withFolder(files) { folder in
    do throws(TokenizerError) {
      _ = try HuggingFaceTokenizer(folder: folder)
      return nil
    } catch {
      return error.description.replacingOccurrences(of: folder + "/", with: "")
    }
  }
}
