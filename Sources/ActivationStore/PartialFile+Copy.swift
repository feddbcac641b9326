import Foundation

extension PartialFile {
  /// As many links in a row as the system follows.
  private static let mostLinks = 40

  /// The file that a path stands for: where symbolic links end, whether or not there is a file.
  ///
  /// Renaming over a link would leave the file that it points to as it was.
  static func resolved(_ path: String) -> String {
    var path = path
    for _ in 0..<mostLinks {
      guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path) else {
        return path
      }
      path = target.hasPrefix("/") ? target : folder(of: path) + "/" + target
    }
    return path
  }

  /// Begins as a copy of `source`, which shares its blocks where the file system can do that.
  func copy(_ source: String) throws(StoreError) {
    let input = open(source, O_RDONLY | O_CLOEXEC)
    guard input >= 0 else { throw copyFailure(source) }
    defer { close(input) }
    #if canImport(Darwin)
      guard fcopyfile(input, descriptor, nil, copyfile_flags_t(COPYFILE_DATA)) == 0 else {
        throw copyFailure(source)
      }
    #else
      if ioctl(descriptor, Self.shareBlocks, input) == 0 { return }
      guard Self.copyBytes(from: input, to: descriptor) else { throw copyFailure(source) }
    #endif
  }

  /// Writes a whole text in UTF-8.
  package func fill(with text: String) throws(StoreError) {
    var text = text
    let isWritten = text.withUTF8 { Self.writeAll(UnsafeRawBufferPointer($0), to: descriptor) }
    guard isWritten else { throw failure("write") }
  }

  private func copyFailure(_ source: String) -> StoreError { failure("copy \(source) to") }

  /// What `errno` says.
  private func failure(_ operation: String) -> StoreError {
    let reason = errno
    if reason == ENOSPC || reason == EDQUOT { return .diskFull(path: path) }
    return .fileSystem(
      operation: operation, path: path, reason: String(cString: strerror(reason)))
  }

  /// Whether all went well; `errno` says what did not.
  private static func writeAll(_ bytes: UnsafeRawBufferPointer, to output: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let step = write(output, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if step < 0, errno == EINTR { continue }
      guard step > 0 else { return false }
      rest = rest.dropFirst(step)
    }
    return true
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
        guard count > 0,
          buffer.withUnsafeBytes({ writeAll(.init(rebasing: $0[..<count]), to: output) })
        else { return false }
      }
    }
  #endif
}
