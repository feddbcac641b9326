import COneDNN
import Synchronization

/// A compiled matrix product of one shape, y[m, n] = x[m, k] Wᵀ.
final class CompiledProduct: @unchecked Sendable {
  let handle: UnsafeMutablePointer<onednn_matmul>

  init(
    engine: dnnl_engine_t, m: Int, n: Int, k: Int, precision: Precision,
    packedLike: CompiledProduct?
  ) throws(EngineError) {
    var handle: UnsafeMutablePointer<onednn_matmul>?
    let status = onednn_matmul_create(
      &handle, engine, Int64(m), Int64(n), Int64(k), precision == .bf16,
      packedLike?.handle)
    guard status != dnnl_unimplemented else { throw .unsupportedPrecision(precision) }
    guard status == dnnl_success, let handle else {
      throw .device(operation: "compile a \(m)×\(k)×\(n) product", status: Int(status.rawValue))
    }
    self.handle = handle
  }

  deinit { onednn_matmul_destroy(handle) }

  var packedBytes: Int { onednn_matmul_packed_bytes(handle) }
  var scratchBytes: Int { onednn_matmul_scratch_bytes(handle) }
}

/// Compiled products by shape: every layer of a model has the same few.
final class ProductCache: Sendable {
  private struct Shape: Hashable {
    var m: Int
    var n: Int
    var k: Int
  }

  /// Heights are rounded up to this many rows, to compile few kernels for the last tiles.
  static let heightStep = 8

  let precision: Precision
  private nonisolated(unsafe) let engine: dnnl_engine_t
  private let products = Mutex<[Shape: CompiledProduct]>([:])

  init(engine: dnnl_engine_t, precision: Precision) {
    self.engine = engine
    self.precision = precision
  }

  /// The product for whole tiles, which decides how the weights are packed.
  func wholeTile(n: Int, k: Int) throws(EngineError) -> CompiledProduct {
    try product(m: CPUBackend.tileRows, n: n, k: k, packedLike: nil)
  }

  /// The product for `rows` rows, at most a tile, with weights as ``wholeTile(n:k:)`` packs them.
  ///
  /// It computes, and writes, up to 7 rows more.
  func product(rows: Int, n: Int, k: Int) throws(EngineError) -> CompiledProduct {
    let whole = try wholeTile(n: n, k: k)
    let height = (rows + Self.heightStep - 1) / Self.heightStep * Self.heightStep
    guard height < CPUBackend.tileRows else { return whole }
    return try product(m: height, n: n, k: k, packedLike: whole)
  }

  private func product(
    m: Int, n: Int, k: Int, packedLike: CompiledProduct?
  ) throws(EngineError) -> CompiledProduct {
    let shape = Shape(m: m, n: n, k: k)
    if let known = products.withLock({ $0[shape] }) { return known }
    let compiled = try CompiledProduct(
      engine: engine, m: m, n: n, k: k, precision: precision, packedLike: packedLike)
    return products.withLock { products in
      if let known = products[shape] { return known }
      products[shape] = compiled
      return compiled
    }
  }
}
