import COneDNN
import SteeringEngine

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Matrix products alone: one shape at a time, a whole block, and oneDNN left to itself.
struct ProductRates {
  /// Row counts of the table: what the engine gives to oneDNN for the last rows, and a whole tile.
  private static let heights = [8, 16, 32, OneDNN.tileRows]
  /// Rows of a call that oneDNN spreads over the threads itself.
  private static let wholeRows = 1024

  let oneDNN: OneDNN
  let shapes: [ProductShape]
  let team: Team

  /// Every shape at every height, each thread calling oneDNN for itself, as in the engine.
  func byShape(_ precision: Precision) throws -> [Rate] {
    try shapes.flatMap { shape in
      onednn_use_calling_thread_only()
      let whole = try Product(oneDNN, shape, rows: OneDNN.tileRows, precision: precision)
      return try Self.heights.map { rows in
        let product =
          rows == whole.rows
          ? whole
          : try Product(oneDNN, shape, rows: rows, precision: precision, packedLike: whole)
        let places = (0..<team.threads).map { _ in Workplace([product]) }
        let time = team.measure { lane in
          places[lane].run(product, oneDNN.streams[lane])
        }
        return rate("product \(shape.name)", product, time, threads: team.threads)
      }
    }
  }

  /// The four products of a block on a tile, one after another, as a run calls them.
  ///
  /// All threads read the same weights, which together are as large as a layer's.
  func block(_ precision: Precision) throws -> BlockProducts {
    onednn_use_calling_thread_only()
    let products = try shapes.map {
      try Product(oneDNN, $0, rows: OneDNN.tileRows, precision: precision)
    }
    return BlockProducts(oneDNN: oneDNN, products: products, team: team)
  }

  /// One call for many rows, which oneDNN cuts and spreads over the threads as it likes.
  func byOneDNNItself(_ precision: Precision) throws -> [Rate] {
    try shapes.map { shape in
      useOneDNNThreads(team.threads)
      let product = try Product(oneDNN, shape, rows: Self.wholeRows, precision: precision)
      let place = Workplace([product])
      let alone = Samples(
        (0...team.samples).map { _ in
          let start = now()
          place.run(product, oneDNN.streams[0])
          return now() - start
        }.dropFirst().map { $0 })
      onednn_use_calling_thread_only()
      return rate("oneDNN's own threads, \(shape.name)", product, alone, threads: 1)
    }
  }

  private func rate(_ kernel: String, _ product: Product, _ time: Samples, threads: Int) -> Rate {
    let shape = product.shape
    return Rate(
      kernel: kernel, shape: "\(product.rows) × [\(shape.outputs), \(shape.inputs)]",
      precision: product.precision.rawValue, time: time,
      work: shape.operations(rows: product.rows) / 1e9, threads: threads, unit: "GFLOP/s")
  }
}

/// The products of one block with weights packed once.
struct BlockProducts: Sendable {
  /// Tiles in a row, so that a sample is long.
  private static let tiles = 16

  let oneDNN: OneDNN
  let products: [Product]
  let team: Team

  func measure() -> Rate {
    let places = (0..<team.threads).map { _ in Workplace(products) }
    let time = team.measure { lane in
      for _ in 0..<Self.tiles { places[lane].run(products[0], oneDNN.streams[lane]) }
      for _ in 0..<Self.tiles {
        for product in products.dropFirst() { places[lane].run(product, oneDNN.streams[lane]) }
      }
    }
    let work = products.reduce(0) { $0 + $1.shape.operations(rows: $1.rows) }
    return Rate(
      kernel: "products of a block", shape: "\(Self.tiles) tiles of \(OneDNN.tileRows) rows",
      precision: products[0].precision.rawValue, time: time,
      work: work * Double(Self.tiles) / 1e9, threads: team.threads, unit: "GFLOP/s")
  }
}

/// A thread's inputs, outputs and scratch for some products.
private final class Workplace: Sendable {
  private let input: Buffer
  private let output: Buffer
  private let scratch: Buffer

  init(_ products: [Product]) {
    func most(_ size: (Product) -> Int) -> Int { products.map(size).max() ?? 0 }
    input = Buffer(count: most { $0.rows * $0.shape.inputs }, precision: products[0].precision)
    output = Buffer(zeroedBytes: 4 * most { $0.rows * $0.shape.outputs })
    scratch = Buffer(zeroedBytes: most(\.scratchBytes))
  }

  func run(_ product: Product, _ stream: dnnl_stream_t) {
    product.run(input, into: output, scratch: scratch, stream)
  }
}

/// Lets oneDNN calls from this thread use `count` threads, where oneDNN has OpenMP.
private func useOneDNNThreads(_ count: Int) {
  guard let program = dlopen(nil, RTLD_NOW), let found = dlsym(program, "omp_set_num_threads")
  else { return }
  unsafeBitCast(found, to: (@convention(c) (Int32) -> Void).self)(Int32(count))
}
