#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Memory that starts on a cache line, freed with its owner.
///
/// What threads that share it write is theirs to keep apart.
package final class AlignedMemory: @unchecked Sendable {
  private static let alignment = 64
  /// What large pages of memory hold, in bytes; reading through them misses fewer addresses.
  private static let largePage = 2 << 20

  package let base: UnsafeMutableRawPointer
  package let byteCount: Int
  /// What was mapped, where it was: a mapping that holds `base` on a boundary of large pages.
  private let mapping: UnsafeMutableRawBufferPointer?

  /// Allocates at least `byteCount` bytes, zeroed when `zeroed` is set.
  package init(byteCount: Int, zeroed: Bool) throws(OutOfMemory) {
    if byteCount >= Self.largePage / 4 {
      self.byteCount = Self.rounded(byteCount, to: Self.largePage)
      let mapping = try Self.map(self.byteCount)
      base = mapping.base
      self.mapping = mapping.whole
      return
    }
    self.byteCount = max(Self.rounded(byteCount, to: Self.alignment), Self.alignment)
    var memory: UnsafeMutableRawPointer?
    guard posix_memalign(&memory, Self.alignment, self.byteCount) == 0, let memory else {
      throw OutOfMemory(bytes: self.byteCount)
    }
    if zeroed { memset(memory, 0, self.byteCount) }
    base = memory
    mapping = nil
  }

  deinit {
    if let mapping { munmap(mapping.baseAddress, mapping.count) } else { free(base) }
  }

  private static func rounded(_ bytes: Int, to step: Int) -> Int {
    (bytes + step - 1) / step * step
  }

  /// Fresh pages, which the system hands out zeroed as they are touched.
  private static func map(
    _ bytes: Int
  ) throws(OutOfMemory) -> (base: UnsafeMutableRawPointer, whole: UnsafeMutableRawBufferPointer) {
    let size = bytes + largePage
    let start = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)
    guard let start, start != MAP_FAILED else {
      throw OutOfMemory(bytes: bytes)
    }
    let base = start.alignedUp(toMultipleOf: largePage)
    #if os(Linux)
      madvise(base, bytes, MADV_HUGEPAGE)
    #endif
    return (base, UnsafeMutableRawBufferPointer(start: start, count: size))
  }
}

/// The system has no more memory.
package struct OutOfMemory: Error {
  package let bytes: Int
}
