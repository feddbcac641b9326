import Foundation
import Synchronization

/// A file under construction: `NAME.partial`, which takes the name `NAME` only when complete.
///
/// It is removed when it goes out of scope without `publish()`.
package struct PartialFile: ~Copyable {
  /// The final name.
  let path: String
  package let partialPath: String
  private let overwrite: Bool

  private static let unfinished = UnfinishedFiles()

  /// Checks that `path` can be written and clears away what a crashed run left behind.
  package init(for path: String, overwrite: Bool) throws(StoreError) {
    let partialPath = path + ".partial"
    try PartialFile.expectFree(path, overwrite: overwrite)
    try PartialFile.expectWritableFolder(of: path)
    try PartialFile.removeStale(partialPath, for: path)
    self.path = path
    self.partialPath = partialPath
    self.overwrite = overwrite
    PartialFile.unfinished.insert(partialPath)
  }

  deinit {
    if PartialFile.unfinished.remove(partialPath) { _ = unlink(partialPath) }
  }

  /// Frees the space of the file, so that HDF5 can close it even on a full disk.
  func empty() {
    _ = truncate(partialPath, 0)
  }

  /// Forces the finished file to the disk and gives it its final name in one step.
  package consuming func publish() throws(StoreError) {
    try PartialFile.expectFree(path, overwrite: overwrite)
    try PartialFile.synchronize(partialPath, for: path)
    guard rename(partialPath, path) == 0 else {
      throw .fileSystem(operation: "rename \(partialPath) to", path: path, reason: lastReason())
    }
    _ = PartialFile.unfinished.remove(partialPath)
    // The name itself is on the disk only after its folder is; some file systems refuse this.
    try? PartialFile.synchronize(PartialFile.folder(of: path), for: path)
  }

  /// Removes the unfinished files of this process, for instance before it exits on a signal.
  static func removeAllUnfinished() {
    for path in unfinished.removeAll() { _ = unlink(path) }
  }

  private static func expectFree(_ path: String, overwrite: Bool) throws(StoreError) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return }
    if isFolder.boolValue { throw .outputIsFolder(path: path) }
    // Renaming over a device such as /dev/null would break it for every process.
    let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
    guard type == .typeRegular || type == .typeSymbolicLink else {
      throw .outputIsNotFile(path: path)
    }
    if !overwrite { throw .outputExists(path: path) }
  }

  private static func expectWritableFolder(of path: String) throws(StoreError) {
    let folder = folder(of: path)
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder)
    guard exists, isFolder.boolValue else { throw .folderMissing(path: path, folder: folder) }
    guard access(folder, W_OK | X_OK) == 0 else {
      throw .folderNotWritable(path: path, folder: folder, reason: lastReason())
    }
  }

  /// HDF5 holds a lock on a file that it writes, which tells a live file from a stale one.
  private static func removeStale(_ partial: String, for path: String) throws(StoreError) {
    let descriptor = open(partial, O_RDWR)
    guard descriptor >= 0 else {
      if errno == ENOENT { return }
      throw .fileSystem(operation: "replace", path: partial, reason: lastReason())
    }
    defer { close(descriptor) }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      throw .outputBusy(path: path, partial: partial)
    }
    guard unlink(partial) == 0 else {
      throw .fileSystem(operation: "replace", path: partial, reason: lastReason())
    }
  }

  private static func synchronize(_ file: String, for path: String) throws(StoreError) {
    let descriptor = open(file, O_RDONLY)
    guard descriptor >= 0 else {
      throw .fileSystem(operation: "finish", path: path, reason: lastReason())
    }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else {
      if errno == ENOSPC || errno == EDQUOT { throw .diskFull(path: path) }
      throw .fileSystem(operation: "finish", path: path, reason: lastReason())
    }
  }

  private static func folder(of path: String) -> String {
    let folder = (path as NSString).deletingLastPathComponent
    return folder.isEmpty ? "." : folder
  }
}

/// The partial files of this process that have no final name yet.
private final class UnfinishedFiles: Sendable {
  private let paths = Mutex<Set<String>>([])

  func insert(_ path: String) {
    paths.withLock { _ = $0.insert(path) }
  }

  /// Whether the path was still there to remove.
  func remove(_ path: String) -> Bool {
    paths.withLock { $0.remove(path) != nil }
  }

  func removeAll() -> Set<String> {
    paths.withLock { paths in
      defer { paths = [] }
      return paths
    }
  }
}

func lastReason() -> String {
  String(cString: strerror(errno))
}
