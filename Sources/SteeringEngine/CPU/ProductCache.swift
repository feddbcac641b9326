import COneDNN
import Synchronization

/// A compiled matrix product of one shape, y[m, n] = x[m, k] Wᵀ.
final class CompiledProduct: @unchecked Sendable {
  let handle: UnsafeMutablePointer<onednn_matmul>

  init(
    engine: dnnl_engine_t, shape: ProductCache.Shape, precision: Precision,
    packedLike: CompiledProduct?
  ) throws(EngineError) {
    var handle: UnsafeMutablePointer<onednn_matmul>?
    let status = onednn_matmul_create(
      &handle, engine, Int64(shape.m), Int64(shape.n), Int64(shape.k),
      precision == .bf16, packedLike?.handle)
    guard status != dnnl_unimplemented else { throw .unsupportedPrecision(precision) }
    guard status == dnnl_success, let handle else {
      throw .device(
        operation: "compile a \(shape.m)×\(shape.k)×\(shape.n) product",
        status: Int(status.rawValue))
    }
    self.handle = handle
  }

  deinit { onednn_matmul_destroy(handle) }

  /// y = x Wᵀ, with W packed; `scratch` holds ``scratchBytes``.
  func run(
    _ x: UnsafeMutableRawPointer, _ w: UnsafeMutableRawPointer, into y: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutableRawPointer, _ stream: dnnl_stream_t
  ) throws(EngineError) {
    let status = onednn_matmul_run(handle, stream, x, w, y, scratch)
    guard status == dnnl_success else {
      throw .device(operation: "multiply", status: Int(status.rawValue))
    }
  }

  /// Whether the weights lie as `ck_multiply_few_rows` reads them.
  var packsBy64: Bool { onednn_matmul_packs_by_64(handle) }
  var packedBytes: Int { onednn_matmul_packed_bytes(handle) }
  var scratchBytes: Int { onednn_matmul_scratch_bytes(handle) }
}

/// Compiled products by shape: every layer of a model has the same few.
final class ProductCache: Sendable {
  struct Shape: Hashable {
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
    try product(Shape(m: CPUBackend.tileRows, n: n, k: k), packedLike: nil)
  }

  /// The product for `rows` rows, at most a tile, with weights as ``wholeTile(n:k:)`` packs
  /// them.
  ///
  /// It computes, and writes, up to 7 rows more.
  func product(rows: Int, n: Int, k: Int) throws(EngineError) -> CompiledProduct {
    let whole = try wholeTile(n: n, k: k)
    let height = Self.height(rows)
    guard height < CPUBackend.tileRows else { return whole }
    return try product(Shape(m: height, n: n, k: k), packedLike: whole)
  }

  /// The rows that a product for `rows` rows computes.
  static func height(_ rows: Int) -> Int { (rows + heightStep - 1) / heightStep * heightStep }

  private func product(
    _ shape: Shape, packedLike: CompiledProduct?
  ) throws(EngineError) -> CompiledProduct {
    if let known = products.withLock({ $0[shape] }) { return known }
    let compiled = try CompiledProduct(
      engine: engine, shape: shape, precision: precision, packedLike: packedLike)
    return products.withLock { products in
      if let known = products[shape] { return known }
      products[shape] = compiled
      return compiled
    }
  }
}
