import COneDNN

/// A weight `[outputs, inputs]` in the layout that oneDNN's fastest product for it wants.
final class PackedLinear: @unchecked Sendable {
  /// Weight rows that are unpacked and packed at a time; a multiple of every oneDNN block size.
  static let sliceRows = 192

  let outputs: Int
  let inputs: Int
  let product: CompiledProduct
  private let memory: AlignedMemory

  init(outputs: Int, inputs: Int, product: CompiledProduct) throws(EngineError) {
    self.outputs = outputs
    self.inputs = inputs
    self.product = product
    // The layout's padding must be zero, and packing by slices leaves it alone.
    memory = try AlignedMemory(byteCount: product.packedBytes, zeroed: true, purpose: "weights")
  }

  var packed: UnsafeMutableRawPointer { memory.base }

  /// Packs the rows `slice`, given as float32 `[slice.count, inputs]`.
  func pack(
    _ slice: Range<Int>, from rows: UnsafeMutablePointer<Float>, stream: dnnl_stream_t
  ) throws(EngineError) {
    let status = onednn_matmul_pack(
      product.handle, stream, rows, Int64(slice.lowerBound), Int64(slice.count), packed)
    guard status == dnnl_success else {
      throw .device(operation: "pack weights", status: Int(status.rawValue))
    }
  }
}
