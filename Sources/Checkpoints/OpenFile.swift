#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A regular file that is open for reading, in the state that it had when it was opened.
///
/// Tensors keep a reference, and the file is closed with the last of them. Bytes are copied out of
/// it, not mapped: a file that is shortened or overwritten meanwhile makes a read throw, where the
/// operating system would stop a process that touches a mapping. A file that is moved, removed or
/// replaced by another of its name can still be read.
public final class OpenFile: Sendable {
  enum Source: Sendable {
    case descriptor(Int32, opened: State)
    case memory([UInt8])
  }

  /// What changes when another process writes to a file.
  struct State: Sendable, Equatable {
    let size: Int
    let changed: (seconds: Int, nanoseconds: Int)

    static func == (first: State, second: State) -> Bool {
      first.size == second.size && first.changed == second.changed
    }
  }

  /// The path as the caller gave it, for messages.
  public let path: String
  /// The size in bytes, never zero.
  public let count: Int
  let source: Source

  /// Opens the regular file at `path`.
  public init(path: String) throws(CheckpointError) {
    let descriptor = try Self.openForReading(path)
    do throws(CheckpointError) {
      let state = try Self.stateOfRegularFile(descriptor, path: path)
      count = state.size
      source = .descriptor(descriptor, opened: state)
    } catch {
      close(descriptor)
      throw error
    }
    self.path = path
  }

  /// Holds `bytes`, which are treated as the contents of a file called `name`.
  public init(copying bytes: [UInt8], name: String) throws(CheckpointError) {
    guard !bytes.isEmpty else { throw Self.emptyFile(name) }
    path = name
    count = bytes.count
    source = .memory(bytes)
  }

  deinit {
    if case .descriptor(let descriptor, _) = source { close(descriptor) }
  }

  private static func openForReading(_ path: String) throws(CheckpointError) -> Int32 {
    // Without O_NONBLOCK, opening a named pipe would wait for a writer for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor < 0 else { return descriptor }
    switch errno {
    case ENOENT:
      throw .unreadable(
        path: path,
        reason: isLink(path)
          ? "it is a link to a file that is not there; download it again"
          : "there is no such file; check the path")
    case EACCES, EPERM:
      throw .unreadable(
        path: path, reason: "permission denied; make the file readable for this user")
    case EMFILE, ENFILE:
      throw .unreadable(
        path: path, reason: "too many files are open; raise the limit with ulimit -n")
    default:
      throw .unreadable(path: path, reason: "\(lastError()); check the path")
    }
  }

  private static func isLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  private static func stateOfRegularFile(
    _ descriptor: Int32, path: String
  ) throws(CheckpointError) -> State {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .unreadable(path: path, reason: "\(lastError()); check the path")
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR:
      throw .unreadable(path: path, reason: "it is a directory; give the path of a file in it")
    default:
      throw .unreadable(path: path, reason: "it is not a regular file; copy it to one first")
    }
    guard status.st_size > 0 else { throw emptyFile(path) }
    return State(status)
  }

  private static func emptyFile(_ path: String) -> CheckpointError {
    .unreadable(path: path, reason: "the file is empty; download it again")
  }

  static func lastError() -> String {
    String(cString: strerror(errno))
  }
}

extension OpenFile.State {
  init(_ status: stat) {
    size = Int(status.st_size)
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    changed = (seconds: Int(time.tv_sec), nanoseconds: Int(time.tv_nsec))
  }
}
