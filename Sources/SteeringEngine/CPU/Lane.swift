/// What one worker thread needs for itself: scratch memory, and its own clock.
final class Lane: @unchecked Sendable {
  var clock = KernelClock()
  private var scratch: AlignedMemory?

  /// Returns memory of at least `bytes` bytes, aligned to 64, whose contents are not kept.
  func scratch(bytes: Int) throws(EngineError) -> UnsafeMutableRawPointer {
    if let scratch, scratch.byteCount >= bytes { return scratch.base }
    scratch = nil
    let memory = try AlignedMemory(byteCount: bytes, zeroed: false, purpose: "scratch")
    scratch = memory
    return memory.base
  }
}
