import COneDNN
import Checkpoints
import SteeringEngine

/// What stops a benchmark.
struct BenchmarkError: Error, CustomStringConvertible {
  let description: String
}

/// The oneDNN engine with a stream for every thread.
final class OneDNN: @unchecked Sendable {
  /// Rows that the engine gives to a product at a time.
  static let tileRows = 64

  let engine: dnnl_engine_t
  let streams: [dnnl_stream_t]

  init(threads: Int) throws {
    var engine: dnnl_engine_t?
    try check(dnnl_engine_create(&engine, dnnl_cpu, 0), "open the CPU engine")
    guard let engine else { throw BenchmarkError(description: "oneDNN has no CPU engine") }
    self.engine = engine
    var streams: [dnnl_stream_t] = []
    for _ in 0..<threads {
      var stream: dnnl_stream_t?
      let flags = UInt32(dnnl_stream_default_flags.rawValue)
      try check(dnnl_stream_create(&stream, engine, flags), "open a stream")
      if let stream { streams.append(stream) }
    }
    self.streams = streams
  }

  deinit {
    for stream in streams { dnnl_stream_destroy(stream) }
    dnnl_engine_destroy(engine)
  }

  static var version: String {
    guard let version = dnnl_version()?.pointee else { return "unknown" }
    return "\(version.major).\(version.minor).\(version.patch)"
  }
}

/// One of the products of a block: y[m, outputs] = x[m, inputs] Wᵀ.
struct ProductShape: Hashable, Sendable, Encodable {
  let name: String
  let outputs: Int
  let inputs: Int

  /// The products of a block of `config`, in the order of a run.
  static func all(_ config: ModelConfig) -> [ProductShape] {
    let (queries, keys) = (config.nHeads * config.dHead, config.nKVHeads * config.dHead)
    return [
      ProductShape(name: "qkv", outputs: queries + 2 * keys, inputs: config.dModel),
      ProductShape(name: "attn_out", outputs: config.dModel, inputs: queries),
      ProductShape(name: "gate_up", outputs: 2 * config.dMLP, inputs: config.dModel),
      ProductShape(name: "down", outputs: config.dModel, inputs: config.dMLP),
    ]
  }

  /// Floating point operations for `rows` rows, two for each multiply-add.
  func operations(rows: Int) -> Double { 2 * Double(rows) * Double(outputs * inputs) }
}

/// A compiled product for `rows` rows with its own packed random weight.
final class Product: @unchecked Sendable {
  let shape: ProductShape
  let rows: Int
  let precision: Precision
  private let handle: UnsafeMutablePointer<onednn_matmul>
  private let weight: Buffer

  /// Compiles for the count of threads that oneDNN would use when called from this thread.
  ///
  /// With `packedLike` the weight is shared with, and packed for, another product of the shape.
  init(
    _ oneDNN: OneDNN, _ shape: ProductShape, rows: Int, precision: Precision,
    packedLike other: Product? = nil
  ) throws {
    var handle: UnsafeMutablePointer<onednn_matmul>?
    let status = onednn_matmul_create(
      &handle, oneDNN.engine, Int64(rows), Int64(shape.outputs), Int64(shape.inputs),
      precision == .bf16, other?.handle)
    try check(status, "compile a product in \(precision)")
    guard let handle else { throw BenchmarkError(description: "oneDNN compiled nothing") }
    self.handle = handle
    (self.shape, self.rows, self.precision) = (shape, rows, precision)
    weight = other?.weight ?? Buffer(zeroedBytes: onednn_matmul_packed_bytes(handle))
    guard other == nil else { return }
    let values = Buffer(count: shape.outputs * shape.inputs, seed: UInt64(shape.outputs))
    try check(pack(values, all: shape.outputs, oneDNN.streams[0]), "pack a weight")
  }

  deinit { onednn_matmul_destroy(handle) }

  var scratchBytes: Int { onednn_matmul_scratch_bytes(handle) }

  /// Packs the first `count` rows of the weight, given as float32 `[count, inputs]`.
  func pack(_ values: Buffer, all count: Int, _ stream: dnnl_stream_t) -> dnnl_status_t {
    onednn_matmul_pack(handle, stream, values.floats, 0, Int64(count), weight.base)
  }

  func run(_ x: Buffer, into y: Buffer, scratch: Buffer, _ stream: dnnl_stream_t) {
    let status = onednn_matmul_run(handle, stream, x.base, weight.base, y.floats, scratch.base)
    precondition(status == dnnl_success, "a product that ran before failed")
  }
}

func check(_ status: dnnl_status_t, _ operation: String) throws {
  guard status == dnnl_success else {
    throw BenchmarkError(description: "oneDNN could not \(operation): status \(status.rawValue)")
  }
}
