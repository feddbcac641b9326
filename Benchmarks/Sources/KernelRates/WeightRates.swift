import Checkpoints

/// Packing of weights as a file has them, and unpacking them from panels.
struct WeightRates {
  /// Panels that the engine reads and packs at a time.
  private static let slicePanels = 8

  /// Numbers of a weight row.
  let inputs: Int
  let team: Team

  func measure() -> [Rate] {
    WeightFormat.measured.filter { $0.fits(inputs: inputs) }.flatMap { format in
      let rows = StoredRows(panels: Self.slicePanels, inputs: inputs, format: format)
      let packed = (0..<team.threads).map { _ in Buffer(zeroedBytes: rows.packedBytes) }
      let packing = team.measure { lane in rows.pack(into: packed[lane].base) }
      let numbers = (0..<team.threads).map { _ in
        Buffer(zeroedBytes: 4 * StoredRows.panelOutputs * inputs)
      }
      let unpacking = team.measure { lane in
        rows.unpack(packed[lane].base, into: numbers[lane].floats)
      }
      return [rate("pack", rows, packing), rate("unpack", rows, unpacking)]
    }
  }

  private func rate(_ kernel: String, _ rows: StoredRows, _ time: Samples) -> Rate {
    Rate(
      kernel: "\(kernel) \(rows.format.type.name)",
      shape: "\(rows.panels * StoredRows.panelOutputs) rows of \(inputs)", precision: nil,
      time: time, work: 1e-9 * Double(rows.count), threads: team.threads, unit: "10⁹ weights/s")
  }
}
