#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A read-only file in memory, mapped lazily: a page is read when it is first touched.
///
/// Tensors and metadata keep a reference, and the mapping ends with the last of them. A mapped file
/// must not be shortened while it is in use: the operating system would stop the process.
public final class MappedFile: Sendable {
  private enum Storage { case mapping, heap }

  /// The path as the caller gave it, for messages.
  public let path: String
  /// The size in bytes, never zero.
  public let count: Int
  private nonisolated(unsafe) let base: UnsafeRawPointer
  private let storage: Storage

  /// Maps the regular file at `path`.
  public init(path: String) throws(CheckpointError) {
    let descriptor = try Self.openForReading(path)
    defer { close(descriptor) }
    let size = try Self.regularFileSize(descriptor, path: path)
    guard let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0),
      address != MAP_FAILED
    else {
      throw .unreadable(path: path, reason: "it cannot be mapped (\(Self.lastError()))")
    }
    self.path = path
    count = size
    base = UnsafeRawPointer(address)
    storage = .mapping
  }

  /// Holds a copy of `bytes`, which are treated as the contents of a file called `name`.
  public init(copying bytes: [UInt8], name: String) throws(CheckpointError) {
    guard !bytes.isEmpty else { throw Self.emptyFile(name) }
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 64)
    copy.copyBytes(from: bytes)
    path = name
    count = bytes.count
    base = UnsafeRawPointer(copy.baseAddress.unsafelyUnwrapped)
    storage = .heap
  }

  deinit {
    switch storage {
    case .mapping: munmap(UnsafeMutableRawPointer(mutating: base), count)
    case .heap: base.deallocate()
    }
  }

  /// Calls `body` with all bytes; the pointer is valid only during the call.
  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withExtendedLifetime(self) { () throws(Failure) -> Result in
      try body(UnsafeRawBufferPointer(start: base, count: count))
    }
  }

  /// Gives the memory of the pages that hold `range` back to the system.
  ///
  /// The bytes stay readable and are fetched from the file again when they are next touched, so a
  /// model larger than memory can be read layer by layer. Does nothing for a copy in memory.
  public func release(_ range: Range<Int>) {
    let range = range.clamped(to: 0..<count)
    guard storage == .mapping, !range.isEmpty else { return }
    let pageSize = Int(getpagesize())
    let start = range.lowerBound / pageSize * pageSize
    madvise(
      UnsafeMutableRawPointer(mutating: base + start), range.upperBound - start, MADV_DONTNEED)
  }

  private static func openForReading(_ path: String) throws(CheckpointError) -> Int32 {
    // Without O_NONBLOCK, opening a named pipe would wait for a writer for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor < 0 else { return descriptor }
    switch errno {
    case ENOENT:
      throw .unreadable(path: path, reason: "there is no such file; check the path")
    case EACCES, EPERM:
      throw .unreadable(
        path: path, reason: "permission denied; make the file readable for this user")
    default:
      throw .unreadable(path: path, reason: "\(lastError()); check the path")
    }
  }

  private static func regularFileSize(
    _ descriptor: Int32, path: String
  ) throws(CheckpointError) -> Int {
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
    return Int(status.st_size)
  }

  private static func emptyFile(_ path: String) -> CheckpointError {
    .unreadable(path: path, reason: "the file is empty; download it again")
  }

  private static func lastError() -> String {
    String(cString: strerror(errno))
  }
}

/// A range of bytes in a mapped file, read only when asked for.
struct MappedBytes: Sendable {
  let file: MappedFile
  let range: Range<Int>

  func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try file.withUnsafeBytes { (bytes) throws(Failure) -> Result in
      try body(UnsafeRawBufferPointer(rebasing: bytes[range]))
    }
  }
}
