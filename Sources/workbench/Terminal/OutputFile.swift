import ActivationStore
import Foundation

/// A text file that is written whole or not at all.
struct OutputFile {
  private let path: String
  private let overwrite: Bool

  /// Checks, before any work is done, that the file can be written.
  init(path: String, overwrite: Bool) throws {
    self.path = path
    self.overwrite = overwrite
    try PartialFile.expectFree(path, overwrite: overwrite)
    try PartialFile.expectWritableFolder(of: path)
  }

  /// Writes the text in UTF-8.
  func write(_ text: String) throws {
    let partial = try PartialFile(for: path, overwrite: overwrite)
    try partial.fill(with: text)
    try partial.publish()
  }
}
