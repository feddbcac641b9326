#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Writes a file whole or not at all: under `NAME.partial`, which then takes the name `NAME`.
enum WholeFile {
  static func save(
    _ bytes: [UInt8], to path: String, overwrite: Bool
  ) throws(CheckpointError) {
    try expectFree(path, overwrite: overwrite)
    let partial = path + ".partial"
    let descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure(path) }
    let isWritten = append(bytes, to: descriptor) && fsync(descriptor) == 0
    let failure = failure(path)
    close(descriptor)
    guard isWritten else {
      unlink(partial)
      throw failure
    }
    guard rename(partial, path) == 0 else {
      let failure = Self.failure(path)
      unlink(partial)
      throw failure
    }
  }

  private static func expectFree(_ path: String, overwrite: Bool) throws(CheckpointError) {
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .unwritable(path: path, reason: "it is not a file; give the name of one")
    }
    guard overwrite else {
      throw .unwritable(
        path: path, reason: "it exists already; choose another output or replace it with --force")
    }
  }

  private static func append(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var written = 0
    while written < bytes.count {
      let step = bytes.withUnsafeBytes { buffer in
        write(descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
      }
      if step < 0, errno == EINTR { continue }
      guard step > 0 else { return false }
      written += step
    }
    return true
  }

  private static func failure(_ path: String) -> CheckpointError {
    .unwritable(
      path: path, reason: "\(String(cString: strerror(errno))); check the folder and the disk")
  }
}

extension Array where Element == UInt8 {
  /// Appends a number, its lowest byte first.
  mutating func append(littleEndian number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }

  /// Appends the four bytes of each number, the lowest first.
  mutating func append(littleEndian numbers: [Float]) {
    reserveCapacity(count + 4 * numbers.count)
    for number in numbers { append(littleEndian: number.bitPattern) }
  }

  /// Appends `filler` until the count is a multiple of `alignment`.
  mutating func pad(to alignment: Int, with filler: UInt8 = 0) {
    let excess = count % alignment
    if excess > 0 { append(contentsOf: repeatElement(filler, count: alignment - excess)) }
  }
}
