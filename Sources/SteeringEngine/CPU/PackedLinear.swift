import COneDNN

/// A weight `[outputs, inputs]` in the layout that oneDNN's fastest product for it wants.
///
/// Where that layout is blocks of outputs, it is cut into panels of them, one for each worker, so that
/// few rows can be multiplied by all workers together.
final class PackedLinear: @unchecked Sendable {
  /// Weight rows that are unpacked and packed at a time; a multiple of every oneDNN block size.
  static let sliceRows = 192
  /// Outputs of a block of the layout that panels are cut from.
  private static let blockOutputs = 64

  let outputs: Int
  let inputs: Int
  /// Consecutive outputs; empty where the layout cannot be cut.
  let panels: [Range<Int>]
  private let product: CompiledProduct
  private let memory: AlignedMemory

  init(
    outputs: Int, inputs: Int, panelCount: Int, products: ProductCache
  ) throws(EngineError) {
    product = try products.wholeTile(n: outputs, k: inputs)
    var panels: [Range<Int>] = []
    if product.packsBy64 {
      let blocks = (outputs + Self.blockOutputs - 1) / Self.blockOutputs
      let width = (blocks + panelCount - 1) / panelCount * Self.blockOutputs
      panels = stride(from: 0, to: outputs, by: width).map { $0..<min($0 + width, outputs) }
    }
    self.panels = panels
    self.outputs = outputs
    self.inputs = inputs
    // The layout's padding must be zero, and packing by slices leaves it alone.
    memory = try AlignedMemory(byteCount: product.packedBytes, zeroed: true, purpose: "weights")
  }

  /// The packed weights from an output on at which a panel begins.
  func packed(from output: Int = 0) -> UnsafeMutableRawPointer {
    let blocks = (outputs + Self.blockOutputs - 1) / Self.blockOutputs
    return memory.base + output / Self.blockOutputs * (product.packedBytes / blocks)
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
