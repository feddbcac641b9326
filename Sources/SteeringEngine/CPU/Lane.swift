import COneDNN

/// What one worker thread needs for itself: a oneDNN stream, scratch memory, and its own clock.
final class Lane: @unchecked Sendable {
  let stream: dnnl_stream_t
  var clock = KernelClock()
  private var scratch: AlignedMemory?

  init(engine: dnnl_engine_t) throws(EngineError) {
    var stream: dnnl_stream_t?
    let status = dnnl_stream_create(&stream, engine, UInt32(dnnl_stream_default_flags.rawValue))
    guard status == dnnl_success, let stream else {
      throw .device(operation: "open a stream", status: Int(status.rawValue))
    }
    self.stream = stream
  }

  deinit { dnnl_stream_destroy(stream) }

  /// Returns memory of at least `bytes` bytes, aligned to 64, whose contents are not kept.
  func scratch(bytes: Int) throws(EngineError) -> UnsafeMutableRawPointer {
    if let scratch, scratch.byteCount >= bytes { return scratch.base }
    scratch = nil
    let memory = try AlignedMemory(byteCount: bytes, zeroed: false, purpose: "scratch")
    scratch = memory
    return memory.base
  }
}
