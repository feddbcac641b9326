import Checkpoints
import SteeringEngine

/// The products of one block on whole tiles, with weights in the formats of the model's block 0.
///
/// Threads read the same weights, which together are as large as a block's.
struct BlockProducts: Sendable {
  /// Tiles in a row, so that a sample is long.
  private static let tiles = 8

  private let products: [Product]
  private let team: Team
  private let peak: Peak

  init(_ checkpoint: any Checkpoint, _ precision: Precision, team: Team, peak: Peak) throws {
    (self.team, self.peak) = (team, peak)
    products = try ProductShape.all(checkpoint.config).map { shape in
      let stored = try checkpoint.weight(.block(0, shape.tensor))
      let format = WeightFormat(of: stored, precision: precision)
      return Product(
        weight: try PackedWeight(shape, format), rows: EngineTile.rows, precision: precision,
        instructionSet: team.instructionSet)
    }
  }

  /// Runs the products one after another, as the engine calls them.
  func measure() -> Rate {
    let places = (0..<team.threads).map { _ in Workplace(products) }
    let time = team.measure { lane in
      for _ in 0..<Self.tiles { run(products[0], places[lane]) }
      for _ in 0..<Self.tiles {
        for product in products.dropFirst() { run(product, places[lane]) }
      }
    }
    let formats = products.map(\.weight.format.type.name).joined(separator: ", ")
    return Rate(
      kernel: "products of a block", shape: "\(Self.tiles) tiles of \(EngineTile.rows); \(formats)",
      precision: products[0].precision, time: time,
      work: products.reduce(0) { $0 + $1.gigaOperations } * Double(Self.tiles),
      threads: team.threads, unit: "GFLOP/s", peak: peak.multiplyAdds)
  }

  private func run(_ product: Product, _ place: Workplace) {
    place.run(product, panels: 0..<product.weight.shape.panels)
  }
}
