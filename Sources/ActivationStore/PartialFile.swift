import Foundation
import Synchronization

/// A file under construction: `NAME.partial`, which takes the name `NAME` only when complete.
///
/// Whoever holds one has `NAME` for itself, from before it reads what `NAME` is to begin as until
/// after the renaming: the partial file is locked, and another process is refused. It is removed when
/// it goes out of scope without `publish()`. Where `NAME` is a symbolic link, the file that the link
/// leads to is written; a file that is replaced keeps its mode.
package struct PartialFile: ~Copyable {
  /// The final name, of the file itself where a link was given.
  package let path: String
  package let partialPath: String
  /// Whether a file that has the final name by then is replaced.
  var mayReplace: Bool
  private let lock: FileLock

  private static let unfinished = UnfinishedFiles()

  /// Checks that `path` can be written, and takes it; what a crashed run left behind is emptied.
  package init(for path: String, overwrite: Bool) throws(StoreError) {
    let path = PartialFile.resolved(path)
    let partialPath = path + ".partial"
    try PartialFile.expectFree(path, overwrite: overwrite)
    try PartialFile.expectWritableFolder(of: path)
    let lock = try FileLock(creating: partialPath, for: path)
    // A file system without modes refuses, and needs none.
    var status = stat()
    if stat(path, &status) == 0 { _ = fchmod(lock.descriptor, status.st_mode & 0o777) }
    self.path = path
    self.partialPath = partialPath
    mayReplace = overwrite
    self.lock = lock
    PartialFile.unfinished.insert(partialPath)
  }

  deinit {
    if PartialFile.unfinished.remove(partialPath) { _ = unlink(partialPath) }
  }

  /// The file, open for writing.
  var descriptor: Int32 { lock.descriptor }

  /// Frees the space of the file, so that HDF5 can close it even on a full disk.
  func empty() {
    _ = ftruncate(descriptor, 0)
  }

  /// Forces the finished file to the disk and gives it its final name in one step.
  package consuming func publish() throws(StoreError) {
    try PartialFile.expectFree(path, overwrite: mayReplace)
    try PartialFile.synchronize(partialPath, for: path)
    guard rename(partialPath, path) == 0 else {
      throw .fileSystem(operation: "rename \(partialPath) to", path: path, reason: lastReason())
    }
    _ = PartialFile.unfinished.remove(partialPath)
    FileInspection.noteSound(path)
    // The name itself is on the disk only after its folder is; some file systems refuse this.
    try? PartialFile.synchronize(PartialFile.folder(of: path), for: path)
  }

  /// Removes the unfinished files of this process, for instance before it exits on a signal.
  static func removeAllUnfinished() {
    for path in unfinished.removeAll() { _ = unlink(path) }
  }

  /// Whether a file may be written under a name: not over a folder, a pipe or a device.
  package static func expectFree(_ path: String, overwrite: Bool) throws(StoreError) {
    let path = resolved(path)
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    switch status.st_mode & S_IFMT {
    case S_IFREG: if !overwrite { throw .outputExists(path: path) }
    case S_IFDIR: throw .outputIsFolder(path: path)
    // Renaming over a device such as /dev/null would break it for every process.
    default: throw .outputIsNotFile(path: path)
    }
  }

  package static func expectWritableFolder(of path: String) throws(StoreError) {
    let folder = folder(of: path)
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder)
    guard exists, isFolder.boolValue else { throw .folderMissing(path: path, folder: folder) }
    guard access(folder, W_OK | X_OK) == 0 else {
      throw .folderNotWritable(path: path, folder: folder, reason: lastReason())
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

  static func folder(of path: String) -> String {
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
