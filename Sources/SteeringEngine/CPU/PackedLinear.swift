import COneDNN

/// A weight `[outputs, inputs]` in the layout that oneDNN's fastest product for it wants.
///
/// Where that layout is blocks of outputs, few rows can be multiplied by all workers together.
final class PackedLinear: @unchecked Sendable {
  /// Weight rows that are unpacked and packed at a time; a multiple of every oneDNN block size.
  static let sliceRows = 192
  /// Outputs of a block of the layout.
  static let blockOutputs = 64

  let outputs: Int
  let inputs: Int
  private let product: CompiledProduct
  private let memory: AlignedMemory

  init(outputs: Int, inputs: Int, products: ProductCache) throws(EngineError) {
    product = try products.wholeTile(n: outputs, k: inputs)
    self.outputs = outputs
    self.inputs = inputs
    // The layout's padding must be zero, and packing by slices leaves it alone.
    memory = try AlignedMemory(byteCount: product.packedBytes, zeroed: true, purpose: "weights")
  }

  /// Whether the layout is blocks of outputs, one after another.
  var isBlocked: Bool { product.packsBy64 }

  var blockCount: Int { (outputs + Self.blockOutputs - 1) / Self.blockOutputs }

  /// The packed weights from a block on.
  func packed(from block: Int = 0) -> UnsafeMutableRawPointer {
    memory.base + block * (product.packedBytes / blockCount)
  }

  /// The outputs, cut into slices for ``pack(_:from:stream:)``.
  var slices: [Range<Int>] {
    stride(from: 0, to: outputs, by: Self.sliceRows).map {
      $0..<min($0 + Self.sliceRows, outputs)
    }
  }

  /// Packs the outputs `slice`, given as float32 `[slice.count, inputs]`.
  func pack(
    _ slice: Range<Int>, from rows: UnsafeMutablePointer<Float>, stream: dnnl_stream_t
  ) throws(EngineError) {
    let status = onednn_matmul_pack(
      product.handle, stream, rows, Int64(slice.lowerBound), Int64(slice.count), packed())
    guard status == dnnl_success else {
      throw .device(operation: "pack weights", status: Int(status.rawValue))
    }
  }
}
