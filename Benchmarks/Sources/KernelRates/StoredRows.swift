import CKernels

/// Random weight rows as a file has them, enough for some panels.
final class StoredRows: Sendable {
  /// Outputs of a panel.
  static let panelOutputs = Int(CK_PANEL_OUTPUTS)

  let panels: Int
  let inputs: Int
  let format: WeightFormat
  private let memory: Buffer

  init(panels: Int, inputs: Int, format: WeightFormat) {
    (self.panels, self.inputs, self.format) = (panels, inputs, format)
    var random = SplitMix64(state: UInt64(inputs))
    memory = Buffer(
      (0..<panels * Self.panelOutputs).flatMap { _ in format.row(inputs: inputs, &random) })
  }

  /// Numbers of all rows.
  var count: Int { panels * Self.panelOutputs * inputs }
  /// Bytes of all panels.
  var packedBytes: Int { panels * panelBytes }

  private var panelBytes: Int { ck_panel_bytes(format.code, inputs) }

  /// Packs all panels, one after another, into `room`.
  func pack(into room: UnsafeMutableRawPointer) {
    let (size, bytesPerRow) = (Self.panelOutputs, format.type.bytesPerRow(of: inputs))
    for panel in 0..<panels {
      let first = memory.base + panel * size * bytesPerRow
      let rows = (0..<size).map { UnsafeRawPointer(first + $0 * bytesPerRow) as UnsafeRawPointer? }
      let damaged = ck_pack_panel(format.code, inputs, rows, room + panel * panelBytes)
      precondition(damaged == size, "a random row has a number that is not finite")
    }
  }

  /// Unpacks what ``pack(into:)`` made, each panel into the same float32 `numbers`.
  func unpack(_ packed: UnsafeRawPointer, into numbers: UnsafeMutablePointer<Float>) {
    for panel in 0..<panels {
      ck_unpack_panel(format.code, inputs, packed + panel * panelBytes, numbers)
    }
  }
}
