import SteeringEngine

/// What a product reaches at some height.
struct HeightRate: Encodable, Sendable {
  let rows: Int
  /// Seconds of one call, until the slowest thread has done it.
  let time: Samples
  /// GFLOP/s of all threads together.
  let operationRate: Double
  let ofMultiplyAddPeak: Double
  /// Where threads share the weight: 10⁹ of its numbers, and GB of its panels, a second.
  var numberRate: Double?
  var readingRate: Double?
  var ofReadingPeak: Double?
}

/// What the products with one weight reach.
struct ProductRate: Encodable, Sendable {
  let shape: ProductShape
  let format: String
  let precision: String
  let heights: [HeightRate]
}

/// Matrix products alone, one shape and format of weights at a time.
///
/// Threads work as in the engine: few rows go to all of them, each of which has a part of the weight,
/// and each product reads another copy of it, from memory. Of many rows each thread has as many of
/// its own, and all read the same copy.
struct ProductRates {
  static let heights = [1, 4, 16, EngineTile.ownRows, EngineTile.rows]

  let shapes: [ProductShape]
  let team: Team
  let peak: Peak

  func measure() throws -> [ProductRate] {
    // Numbers of four bytes are the largest.
    let largest = shapes.map { $0.panels * StoredRows.panelOutputs * $0.inputs * 4 }.max() ?? 0
    let memory = try LargeMemory(byteCount: max(largest, LargeMemory.coldBytes))
    return try shapes.flatMap { shape in
      try WeightFormat.measured.filter { $0.fits(inputs: shape.inputs) }.flatMap { format in
        let weight = try PackedWeight(shape, format, in: memory)
        return Precision.allCases.filter(format.isUsed).map { measure(weight, $0) }
      }
    }
  }

  private func measure(_ weight: PackedWeight, _ precision: Precision) -> ProductRate {
    ProductRate(
      shape: weight.shape, format: weight.format.type.name, precision: precision.rawValue,
      heights: Self.heights.map { rows in
        measure(
          Product(
            weight: weight, rows: rows, precision: precision, instructionSet: team.instructionSet))
      })
  }

  private func measure(_ product: Product) -> HeightRate {
    let threads = team.threads
    let places = (0..<threads).map { _ in Workplace([product]) }
    let time = team.measure { lane in
      places[lane].run(product, panels: product.panels(of: lane, threads: threads))
    }
    let calls = product.isShared ? 1 : Double(threads)
    let operationRate = calls * product.gigaOperations / time.median
    var rate = HeightRate(
      rows: product.rows, time: time, operationRate: operationRate,
      ofMultiplyAddPeak: operationRate / peak.multiplyAdds)
    if product.isShared {
      let readingRate = 1e-9 * Double(product.weight.byteCount) / time.median
      rate.numberRate = 1e-9 * product.numbers / time.median
      rate.readingRate = readingRate
      rate.ofReadingPeak = readingRate / peak.reading
    }
    return rate
  }
}
