import ActivationStore
import Foundation

/// A text file that is written whole or not at all.
struct OutputFile {
  private let path: String

  /// Checks, before any work is done, that the file can be written.
  init(path: String, overwrite: Bool) throws {
    self.path = path
    let manager = FileManager.default
    var isFolder: ObjCBool = false
    if manager.fileExists(atPath: path, isDirectory: &isFolder) {
      if isFolder.boolValue { throw StoreError.outputIsFolder(path: path) }
      let type = try manager.attributesOfItem(atPath: path)[.type] as? FileAttributeType
      guard type == .typeRegular || type == .typeSymbolicLink else {
        throw StoreError.outputIsNotFile(path: path)
      }
      if !overwrite { throw StoreError.outputExists(path: path) }
    }
    let parent = (path as NSString).deletingLastPathComponent
    let folder = parent.isEmpty ? "." : parent
    guard manager.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
      throw StoreError.folderMissing(path: path, folder: folder)
    }
  }

  /// Writes the text in UTF-8.
  func write(_ text: String) throws {
    do { try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
      throw StoreError.fileSystem(
        operation: "write", path: path, reason: error.localizedDescription)
    }
  }
}
