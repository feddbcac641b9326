import CKernels
import Checkpoints
import Workers

/// A weight `[outputs, inputs]` in memory: panels of 16 outputs, packed as the file packs its rows.
final class WeightPanels: @unchecked Sendable {
  /// Outputs of a panel.
  static let panelOutputs = Int(CK_PANEL_OUTPUTS)

  let outputs: Int
  let inputs: Int
  let format: ck_format
  private let memory: AlignedMemory

  init(outputs: Int, inputs: Int, format: ck_format) throws(EngineError) {
    (self.outputs, self.inputs, self.format) = (outputs, inputs, format)
    let bytes = Self.byteCount(outputs: outputs, inputs: inputs, format: format)
    memory = try AlignedMemory(byteCount: bytes, zeroed: false, purpose: "weights")
  }

  var count: Int { (outputs + Self.panelOutputs - 1) / Self.panelOutputs }

  var view: ck_weight {
    ck_weight(format: format, outputs: outputs, inputs: inputs, panels: memory.base)
  }

  static func byteCount(outputs: Int, inputs: Int, format: ck_format) -> Int {
    (outputs + panelOutputs - 1) / panelOutputs * ck_panel_bytes(format, inputs)
  }

  /// Packs whole panels, whose rows lie one after another, `bytesPerRow` apart.
  ///
  /// - Returns: The first output that has a number, or a block's scale, that is not finite.
  func pack(
    _ panels: Range<Int>, from rows: UnsafeRawPointer, bytesPerRow: Int
  ) -> Int? {
    let size = Self.panelOutputs
    for panel in panels {
      let first = (panel - panels.lowerBound) * size
      let present = min(size, outputs - panel * size)
      let pointers = (0..<size).map { $0 < present ? rows + (first + $0) * bytesPerRow : nil }
      let damaged = ck_pack_panel(
        format, inputs, pointers, memory.base + panel * ck_panel_bytes(format, inputs))
      if damaged < size { return panel * size + damaged }
    }
    return nil
  }
}

extension ck_format {
  /// How a weight lies in memory beside products of `precision`.
  ///
  /// Numbers that the file stores one by one are rounded to bfloat16 beside bf16 products; those of
  /// blocks are when they are unpacked.
  init(_ weight: any Weight, precision: Precision) {
    guard let type = weight.rowType else {
      self = precision == .bf16 ? CK_BF16 : CK_F32
      return
    }
    self = precision == .bf16 && type.blockSize == 1 ? CK_BF16 : ck_format(type)
  }

  init(_ type: TensorType) {
    self =
      switch type {
      case .f32: CK_F32
      case .f16: CK_F16
      case .bf16: CK_BF16
      case .q40: CK_Q4_0
      case .q41: CK_Q4_1
      case .q50: CK_Q5_0
      case .q51: CK_Q5_1
      case .q80: CK_Q8_0
      case .q2K: CK_Q2_K
      case .q3K: CK_Q3_K
      case .q4K: CK_Q4_K
      case .q5K: CK_Q5_K
      case .q6K: CK_Q6_K
      case .iq4NL: CK_IQ4_NL
      case .iq4XS: CK_IQ4_XS
      }
  }
}
