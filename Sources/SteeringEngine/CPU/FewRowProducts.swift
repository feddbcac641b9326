import CKernels
import Checkpoints
import Synchronization

/// Which products of few rows our own kernel can do, to the bits of oneDNN's products.
///
/// It fetches weights ahead of their use, and several workers can share a product.
///
/// oneDNN sums the inputs in parts that join one another; how long the parts are is its own choice by
/// shape, and what a row's last bits depend on. So it is found out, once a shape, by trying.
final class FewRowProducts: Sendable {
  private struct Shape: Hashable {
    var n: Int
    var k: Int
  }

  /// Rows and outputs that are compared.
  private static let (probeRows, probeOutputs) = (ProductCache.heightStep, 128)
  /// Parts end at multiples of this many inputs.
  private static let depthStep = 64

  private let products: ProductCache
  private let depths = Mutex<[Shape: Int?]>([:])

  init(products: ProductCache) { self.products = products }

  /// Inputs that are summed before they join the sum so far; nil where no length gives oneDNN's bits.
  func depth(n: Int, k: Int, lane: Lane) throws(EngineError) -> Int? {
    let shape = Shape(n: n, k: k)
    if let known = depths.withLock({ $0[shape] }) { return known }
    let found = try probe(shape, lane: lane)
    depths.withLock { $0[shape] = .some(found) }
    return found
  }

  private func probe(_ shape: Shape, lane: Lane) throws(EngineError) -> Int? {
    let (rows, n, k) = (Self.probeRows, shape.n, shape.k)
    let product = try products.product(rows: rows, n: n, k: k)
    let format = NumberFormat(products.precision)
    let x = try CPUMatrix(rows: rows, columns: k, format: format)
    let w = try AlignedMemory(byteCount: product.packedBytes, zeroed: true, purpose: "a probe")
    let compared = min(n, Self.probeOutputs)
    let numbers = compared * k / (format == .bf16 ? 2 : 1)
    fill(x.address(at: 0), numbers: format == .bf16 ? rows * k / 2 : rows * k, format)
    fill(w.base, numbers: min(numbers, w.byteCount / 4), format)

    let expected = try CPUMatrix(rows: rows, columns: n, format: .f32)
    let scratch = try lane.scratch(bytes: product.scratchBytes)
    try product.run(
      x.address(at: 0), w.base, into: expected.floats(at: 0), scratch: scratch, lane.stream)
    let found = try CPUMatrix(rows: rows, columns: n, format: .f32)
    let parts = stride(from: (k - 1) / Self.depthStep * Self.depthStep, to: 0, by: -Self.depthStep)
    for depth in [k] + Array(parts) {
      var few = ck_few_rows(
        n: compared, k: k, depth: depth, x_stride: k, y_stride: n, is_bf16: format == .bf16)
      guard ck_multiply_few_rows(&few, rows, x.address(at: 0), w.base, found.floats(at: 0))
      else { return nil }
      let isEqual = (0..<rows).allSatisfy { row in
        let (a, b) = (expected.floats(at: row), found.floats(at: row))
        return (0..<compared).allSatisfy { a[$0] == b[$0] }
      }
      if isEqual { return depth }
    }
    return nil
  }

  /// Numbers of both signs from 2^-7 to 2 in size, so different that sums of their products have to
  /// be rounded; of bfloat16 two in each word.
  private func fill(
    _ memory: UnsafeMutableRawPointer, numbers: Int, _ format: NumberFormat
  ) {
    let words = memory.assumingMemoryBound(to: UInt32.self)
    var state: UInt32 = 0x2545_F491
    for index in 0..<numbers {
      state ^= state << 13
      state ^= state >> 17
      state ^= state << 5
      words[index] =
        format == .bf16 ? state & 0x83FF_83FF | 0x3C00_3C00 : state & 0x83FF_FFFF | 0x3C00_0000
    }
  }
}
