import COneDNN

/// A weight `[outputs, inputs]` in the layout that oneDNN's fastest product for it wants.
///
/// It is cut into panels of outputs, one for each worker, so that few rows can be multiplied by all
/// workers together.
final class PackedLinear: Sendable {
  /// Panels begin at multiples of this many outputs, which is a multiple of every oneDNN block size.
  private static let panelStep = 64

  let outputs: Int
  let inputs: Int
  let panels: [PackedPanel]

  init(
    outputs: Int, inputs: Int, panelCount: Int, products: ProductCache
  ) throws(EngineError) {
    let even = (outputs + panelCount - 1) / panelCount
    let width = (even + Self.panelStep - 1) / Self.panelStep * Self.panelStep
    var panels: [PackedPanel] = []
    for start in stride(from: 0, to: outputs, by: width) {
      panels.append(
        try PackedPanel(
          range: start..<min(start + width, outputs), inputs: inputs, outputs: outputs,
          products: products))
    }
    self.outputs = outputs
    self.inputs = inputs
    self.panels = panels
  }
}

/// Consecutive outputs of a packed weight.
final class PackedPanel: @unchecked Sendable {
  /// Weight rows that are unpacked and packed at a time; a multiple of every oneDNN block size.
  static let sliceRows = 192

  /// The outputs.
  let range: Range<Int>
  let inputs: Int
  /// Outputs of the whole weight, which is how far apart rows of results begin.
  let outputs: Int
  private let product: CompiledProduct
  private let memory: AlignedMemory

  init(
    range: Range<Int>, inputs: Int, outputs: Int, products: ProductCache
  ) throws(EngineError) {
    self.range = range
    self.inputs = inputs
    self.outputs = outputs
    product = try products.wholeTile(n: range.count, k: inputs, yStride: outputs)
    // The layout's padding must be zero, and packing by slices leaves it alone.
    memory = try AlignedMemory(byteCount: product.packedBytes, zeroed: true, purpose: "weights")
  }

  var packed: UnsafeMutableRawPointer { memory.base }

  /// The outputs, cut into slices for ``pack(_:from:stream:)``.
  var slices: [Range<Int>] {
    stride(from: range.lowerBound, to: range.upperBound, by: Self.sliceRows).map {
      $0..<min($0 + Self.sliceRows, range.upperBound)
    }
  }

  /// Packs the outputs `slice`, given as float32 `[slice.count, inputs]`.
  func pack(
    _ slice: Range<Int>, from rows: UnsafeMutablePointer<Float>, stream: dnnl_stream_t
  ) throws(EngineError) {
    let status = onednn_matmul_pack(
      product.handle, stream, rows, Int64(slice.lowerBound - range.lowerBound),
      Int64(slice.count), packed)
    guard status == dnnl_success else {
      throw .device(operation: "pack weights", status: Int(status.rawValue))
    }
  }
}
