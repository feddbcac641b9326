import ActivationStore
import Foundation

/// A CSV file (RFC 4180, UTF-8, lines that end in LF) that is written whole or not at all.
struct CSVFile {
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

  /// Writes the rows under their header.
  func write(_ header: [String], _ rows: some Sequence<[String]>) throws {
    var text = Self.line(header)
    for row in rows { text += Self.line(row) }
    do { try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
      throw StoreError.fileSystem(
        operation: "write", path: path, reason: error.localizedDescription)
    }
  }

  private static func line(_ fields: [String]) -> String {
    fields.map(quoted).joined(separator: ",") + "\n"
  }

  private static func quoted(_ field: String) -> String {
    let special: Set<Unicode.Scalar> = ["\"", ",", "\n", "\r"]
    // Some readers drop spaces at the ends of bare fields, and those are what tells tokens apart.
    let isPadded = field.hasPrefix(" ") || field.hasSuffix(" ")
    guard isPadded || field.unicodeScalars.contains(where: special.contains) else { return field }
    return "\"" + field.replacing("\"", with: "\"\"") + "\""
  }
}
