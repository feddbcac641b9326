import Foundation

/// A file that this process made and holds the lock on, so long as this value lives.
///
/// The lock is the system's (`flock`): it goes with the process, however that ends. Where a file
/// system has no locks, as some network file systems, the file is made without.
struct FileLock: ~Copyable {
  /// The file, open for reading and writing.
  let descriptor: Int32

  /// How often a file that vanishes between its opening and its locking is made anew.
  private static let tries = 100

  /// Makes the file at `path`, or empties what a process that is gone left there.
  ///
  /// `name` is what it becomes, for messages; refused where another process holds the lock.
  init(creating path: String, for name: String) throws(StoreError) {
    for _ in 0..<Self.tries {
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
      guard descriptor >= 0 else {
        throw .fileSystem(operation: "write", path: path, reason: lastReason())
      }
      guard Self.lock(descriptor) else {
        close(descriptor)
        throw .outputBusy(path: name, partial: path)
      }
      // Its last holder may have given it its final name before the lock was free.
      if Self.isFile(descriptor, at: path) {
        _ = ftruncate(descriptor, 0)
        self.descriptor = descriptor
        return
      }
      close(descriptor)
    }
    throw .outputBusy(path: name, partial: path)
  }

  deinit { close(descriptor) }

  /// Whether the lock is this process's now, or there are none to be had.
  private static func lock(_ descriptor: Int32) -> Bool {
    flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
  }

  private static func isFile(_ descriptor: Int32, at path: String) -> Bool {
    var (opened, named) = (stat(), stat())
    return fstat(descriptor, &opened) == 0 && lstat(path, &named) == 0
      && opened.st_ino == named.st_ino && opened.st_dev == named.st_dev
  }
}
