import CZlib

/// Why a gzip file could not be unpacked.
enum GzipError: Error {
  case damaged, tooLong
}

/// A stream that zlib unpacks.
struct Gunzipper: ~Copyable {
  /// The most that a file may unpack to: far more than any set of prompts, and fits the memory.
  static let mostBytes = 1 << 30
  private static let stretch = 1 << 18

  /// At one place for as long as it lives, which zlib remembers.
  private let stream: UnsafeMutablePointer<z_stream>

  init() throws(GzipError) {
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    guard workbench_gunzip_init(stream) == Z_OK else {
      stream.deallocate()
      throw .damaged
    }
    self.stream = stream
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// What the members of a gzip file hold, one after another.
  func unpack(_ packed: [UInt8]) throws(GzipError) -> [UInt8] {
    var unpacked: [UInt8] = []
    var room = [UInt8](repeating: 0, count: Self.stretch)
    var start = 0
    var isWhole = false
    while start < packed.count {
      let end = min(start + Self.stretch, packed.count)
      var taken = 0
      let (status, made) = step(packed[start..<end], into: &room, taken: &taken)
      guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR,
        taken > 0 || made > 0
      else { throw .damaged }
      start += taken
      unpacked += room[..<made]
      guard unpacked.count <= Self.mostBytes else { throw .tooLong }
      isWhole = status == Z_STREAM_END
      if isWhole, start < packed.count { inflateReset(stream) }
    }
    guard isWhole else { throw .damaged }
    return unpacked
  }

  private func step(
    _ input: ArraySlice<UInt8>, into room: inout [UInt8], taken: inout Int
  ) -> (status: Int32, made: Int) {
    var input = Array(input)
    let (inputCount, roomCount) = (input.count, room.count)
    let status = input.withUnsafeMutableBufferPointer { input in
      room.withUnsafeMutableBufferPointer { room in
        stream.pointee.next_in = input.baseAddress
        stream.pointee.avail_in = UInt32(inputCount)
        stream.pointee.next_out = room.baseAddress
        stream.pointee.avail_out = UInt32(roomCount)
        return inflate(stream, Z_NO_FLUSH)
      }
    }
    taken = inputCount - Int(stream.pointee.avail_in)
    return (status, roomCount - Int(stream.pointee.avail_out))
  }
}
