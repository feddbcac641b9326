#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension OpenFile {
  /// The most bytes that readers of long ranges copy at a time; they stay in a core's cache.
  static let sliceBytes = 1 << 18
  /// The most bytes to ask the system for at once: Darwin refuses two gigabytes.
  private static let longestCall = 1 << 30

  /// Fills `room` with the bytes from `offset` on, all of which must be in the file.
  ///
  /// Throws when they are no longer those of the file that was opened. `place` says in messages
  /// what is being read, such as `tensor "output.weight"`.
  func read(
    at offset: Int, into room: UnsafeMutableRawBufferPointer, for place: @autoclosure () -> String
  ) throws(CheckpointError) {
    try fill(room, at: offset, for: place())
    try expectUnchanged(for: place())
  }

  /// Does what ``read(at:into:for:)`` does, but for the caller's duty to check for a change after.
  ///
  /// The check is a call of the system, too dear beside each of many short reads.
  func fill(
    _ room: UnsafeMutableRawBufferPointer, at offset: Int, for place: @autoclosure () -> String
  ) throws(CheckpointError) {
    precondition(offset >= 0 && room.count <= count - offset, "the range is not in the file")
    switch source {
    case .memory(let bytes):
      bytes.withUnsafeBytes {
        room.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + room.count]))
      }
    case .descriptor(let descriptor, _):
      var filled = 0
      while filled < room.count {
        let rest = UnsafeMutableRawBufferPointer(rebasing: room[filled...])
        let wanted = min(rest.count, Self.longestCall)
        let step = pread(descriptor, rest.baseAddress, wanted, off_t(offset + filled))
        if step < 0, errno == EINTR { continue }
        guard step >= 0 else { throw failure(for: place()) }
        guard step > 0 else {
          try expectUnchanged(for: place())
          // It was shortened and has got its size back.
          throw .changed(path: path, place: place(), change: Self.otherContent)
        }
        filled += step
      }
    }
  }

  /// Throws when another process has written to the file since it was opened.
  func expectUnchanged(for place: @autoclosure () -> String) throws(CheckpointError) {
    guard case .descriptor(let descriptor, let opened) = source else { return }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(for: place()) }
    let now = State(status)
    guard now != opened else { return }
    let change =
      now.size < opened.size
      ? "it was shortened from \(opened.size) to \(now.size) bytes while it was in use"
      : Self.otherContent
    throw .changed(path: path, place: place(), change: change)
  }

  private static let otherContent = "another process changed it while it was in use"

  private func failure(for place: String) -> CheckpointError {
    .unreadable(path: path, reason: "\(Self.lastError()) at \(place); check the disk")
  }
}

extension OpenFile {
  /// Returns all bytes of a file that must not have more of them than `limit`.
  func contents(limit: Int) throws(CheckpointError) -> [UInt8] {
    guard count <= limit else {
      throw .unsupported(
        path: path, what: "it has \(count) bytes where at most \(limit) are expected",
        remedy: "check that it is the file that its name says")
    }
    return try bytes(in: 0..<count, for: "its start")
  }

  /// Returns the bytes in `range`, after bytes that the caller has already.
  func bytes(
    in range: Range<Int>, after start: [UInt8] = [], for place: @autoclosure () -> String
  ) throws(CheckpointError) -> [UInt8] {
    let count = start.count + range.count
    var failure: CheckpointError?
    // Zeros to be overwritten would take longer than all else in a build without optimisation.
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      let room = UnsafeMutableRawBufferPointer(
        rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count])
      room.copyBytes(from: start)
      do throws(CheckpointError) {
        try read(
          at: range.lowerBound, into: UnsafeMutableRawBufferPointer(rebasing: room[start.count...]),
          for: place())
        initializedCount = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Calls `body` with all bytes, in order and in parts that are valid only during the call.
  public func forEachPart(
    _ body: (UnsafeRawBufferPointer) -> Void
  ) throws(CheckpointError) {
    try withUnsafeTemporaryAllocation(
      byteCount: min(Self.sliceBytes, count), alignment: 16
    ) { (buffer) throws(CheckpointError) in
      for start in stride(from: 0, to: count, by: Self.sliceBytes) {
        let part = UnsafeMutableRawBufferPointer(
          rebasing: buffer[..<min(Self.sliceBytes, count - start)])
        try read(at: start, into: part, for: "byte \(start)")
        body(UnsafeRawBufferPointer(part))
      }
    }
  }
}
