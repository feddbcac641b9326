import Foundation

extension PartialFile {
  /// The file that a path stands for: where symbolic links end.
  ///
  /// Renaming over a link would leave the file that it points to as it was.
  static func resolved(_ path: String) -> String {
    guard (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil,
      let target = realpath(path, nil)
    else { return path }
    defer { free(target) }
    return String(cString: target)
  }

  /// Begins as a copy of `source`, which shares its blocks where the file system can do that.
  func copy(_ source: String) throws(StoreError) {
    #if canImport(Darwin)
      guard copyfile(source, partialPath, nil, copyfile_flags_t(COPYFILE_ALL | COPYFILE_CLONE)) == 0
      else { throw copyFailure(source) }
    #else
      let input = open(source, O_RDONLY | O_CLOEXEC)
      guard input >= 0 else { throw copyFailure(source) }
      defer { close(input) }
      var status = stat()
      guard fstat(input, &status) == 0 else { throw copyFailure(source) }
      let output = open(partialPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, status.st_mode)
      guard output >= 0 else { throw copyFailure(source) }
      defer { close(output) }
      if ioctl(output, Self.shareBlocks, input) == 0 { return }
      guard Self.copyBytes(from: input, to: output) else { throw copyFailure(source) }
    #endif
  }

  private func copyFailure(_ source: String) -> StoreError {
    let reason = errno
    if reason == ENOSPC || reason == EDQUOT { return .diskFull(path: path) }
    return .fileSystem(
      operation: "copy \(source) to", path: partialPath, reason: String(cString: strerror(reason)))
  }

  #if !canImport(Darwin)
    /// The request that makes a file share another's blocks, `FICLONE` in linux/fs.h.
    private static let shareBlocks: UInt = 0x4004_9409

    /// Whether all went well; `errno` says what did not.
    private static func copyBytes(from input: Int32, to output: Int32) -> Bool {
      var buffer = [UInt8](repeating: 0, count: 1 << 20)
      while true {
        let count = read(input, &buffer, buffer.count)
        if count == 0 { return true }
        guard count > 0 else { return false }
        var written = 0
        while written < count {
          let step = buffer.withUnsafeBytes { bytes in
            write(output, bytes.baseAddress.map { $0 + written }, count - written)
          }
          guard step > 0 else { return false }
          written += step
        }
      }
    }
  #endif
}
