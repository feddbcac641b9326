#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Memory that starts on a cache line, freed with its owner.
final class AlignedMemory: @unchecked Sendable {
  private static let alignment = 64
  /// What large pages of memory hold, in bytes; reading through them misses fewer addresses.
  private static let largePage = 2 << 20

  let base: UnsafeMutableRawPointer
  let byteCount: Int

  /// Allocates at least `byteCount` bytes, zeroed when `zeroed` is set; `purpose` is for messages.
  init(byteCount: Int, zeroed: Bool, purpose: String) throws(EngineError) {
    let isLarge = byteCount >= Self.largePage / 4
    let alignment = isLarge ? Self.largePage : Self.alignment
    let size = max((byteCount + alignment - 1) / alignment * alignment, alignment)
    var memory: UnsafeMutableRawPointer?
    guard posix_memalign(&memory, alignment, size) == 0, let memory else {
      throw .outOfMemory(purpose: purpose, bytes: size)
    }
    #if os(Linux)
      if isLarge { madvise(memory, size, MADV_HUGEPAGE) }
    #endif
    if zeroed { memset(memory, 0, size) }
    base = memory
    self.byteCount = size
  }

  deinit { free(base) }
}
