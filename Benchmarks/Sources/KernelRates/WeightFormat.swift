import CKernels
import Checkpoints
import SteeringEngine

/// How a file, and then memory, stores the numbers of a weight.
struct WeightFormat: Sendable {
  /// What tables show.
  static let measured = [TensorType.f32, .bf16, .q40, .q41, .q4K, .q6K, .q80].map(Self.init)

  let type: TensorType
  /// The number that kernels know the format by.
  let code: ck_format
  /// Where a block has its scale and its offset, float16.
  private let scales: [Int]

  init(_ type: TensorType) {
    self.type = type
    (code, scales) =
      switch type {
      case .f32: (CK_F32, [])
      case .f16: (CK_F16, [])
      case .bf16: (CK_BF16, [])
      case .q40: (CK_Q4_0, [0])
      case .q41: (CK_Q4_1, [0, 2])
      case .q50: (CK_Q5_0, [0])
      case .q51: (CK_Q5_1, [0, 2])
      case .q80: (CK_Q8_0, [0])
      case .q2K: (CK_Q2_K, [80, 82])
      case .q3K: (CK_Q3_K, [108])
      case .q4K: (CK_Q4_K, [0, 2])
      case .q5K: (CK_Q5_K, [0, 2])
      case .q6K: (CK_Q6_K, [208])
      case .iq4NL: (CK_IQ4_NL, [0])
      case .iq4XS: (CK_IQ4_XS, [0])
      }
  }

  /// How the engine keeps `weight` beside products of `precision`.
  ///
  /// In bf16 it keeps numbers that the file stores one by one as bfloat16.
  init(of weight: any Weight, precision: Precision) {
    let type = weight.rowType ?? .f32
    self.init(precision == .bf16 && type.blockSize == 1 ? .bf16 : type)
  }

  /// Whether rows of `inputs` numbers are whole blocks.
  func fits(inputs: Int) -> Bool { inputs.isMultiple(of: type.blockSize) }

  /// Whether the engine has products of `precision` with weights that it keeps like this.
  func isUsed(in precision: Precision) -> Bool { precision == .f32 || type != .f32 }

  /// A row of random numbers, or of any bits for what blocks code, with scales of ordinary size.
  func row(inputs: Int, _ random: inout SplitMix64) -> [UInt8] {
    guard type.blockSize > 1 else { return (0..<inputs).flatMap { _ in number(&random) } }
    return (0..<inputs / type.blockSize).flatMap { _ in
      var block = (0..<type.bytesPerBlock).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      for place in scales {
        let scale = Float16(random.number())
        block.replaceSubrange(place..<place + 2, with: bytes(of: scale.bitPattern))
      }
      return block
    }
  }

  private func number(_ random: inout SplitMix64) -> [UInt8] {
    let number = random.number()
    return switch type {
    case .f16: bytes(of: Float16(number).bitPattern)
    case .bf16: bytes(of: number.bf16)
    default: bytes(of: number.bitPattern)
    }
  }

  private func bytes<Number: FixedWidthInteger>(of number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian, Array.init)
  }
}
