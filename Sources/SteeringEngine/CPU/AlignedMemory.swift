#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Memory that starts on a cache line, freed with its owner.
final class AlignedMemory: @unchecked Sendable {
  private static let alignment = 64

  let base: UnsafeMutableRawPointer
  let byteCount: Int

  /// Allocates at least `byteCount` bytes, zeroed when `zeroed` is set; `purpose` is for messages.
  init(byteCount: Int, zeroed: Bool, purpose: String) throws(EngineError) {
    let size = max(byteCount, Self.alignment)
    var memory: UnsafeMutableRawPointer?
    guard posix_memalign(&memory, Self.alignment, size) == 0, let memory else {
      throw .outOfMemory(purpose: purpose, bytes: size)
    }
    if zeroed { memset(memory, 0, size) }
    base = memory
    self.byteCount = size
  }

  deinit { free(base) }
}
