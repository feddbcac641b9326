/// How the numbers of a tensor are stored.
///
/// Quantised types store a row as blocks of `blockSize` numbers with shared scales; the layouts are
/// those of ggml.
public enum TensorType: CaseIterable, Sendable {
  /// IEEE 754 binary32, binary16, and the upper half of binary32.
  case f32, f16, bf16
  /// ggml's legacy types: blocks of 32 numbers with one scale, and an offset in `q41` and `q51`.
  case q40, q41, q50, q51, q80
  /// ggml's K-quants: blocks of 256 numbers with quantised scales per 16 or 32 numbers.
  case q2K, q3K, q4K, q5K, q6K
  /// ggml's types of four bits that stand for numbers of a table: blocks of 32 numbers with one scale,
  /// and of 256 with quantised scales per 32.
  case iq4NL, iq4XS

  private struct Layout {
    let name: String
    let ggufCode: UInt32
    let blockSize: Int
    let bytesPerBlock: Int
  }

  private var layout: Layout {
    switch self {
    case .f32: Layout(name: "F32", ggufCode: 0, blockSize: 1, bytesPerBlock: 4)
    case .f16: Layout(name: "F16", ggufCode: 1, blockSize: 1, bytesPerBlock: 2)
    case .bf16: Layout(name: "BF16", ggufCode: 30, blockSize: 1, bytesPerBlock: 2)
    case .q40: Layout(name: "Q4_0", ggufCode: 2, blockSize: 32, bytesPerBlock: 18)
    case .q41: Layout(name: "Q4_1", ggufCode: 3, blockSize: 32, bytesPerBlock: 20)
    case .q50: Layout(name: "Q5_0", ggufCode: 6, blockSize: 32, bytesPerBlock: 22)
    case .q51: Layout(name: "Q5_1", ggufCode: 7, blockSize: 32, bytesPerBlock: 24)
    case .q80: Layout(name: "Q8_0", ggufCode: 8, blockSize: 32, bytesPerBlock: 34)
    case .q2K: Layout(name: "Q2_K", ggufCode: 10, blockSize: 256, bytesPerBlock: 84)
    case .q3K: Layout(name: "Q3_K", ggufCode: 11, blockSize: 256, bytesPerBlock: 110)
    case .q4K: Layout(name: "Q4_K", ggufCode: 12, blockSize: 256, bytesPerBlock: 144)
    case .q5K: Layout(name: "Q5_K", ggufCode: 13, blockSize: 256, bytesPerBlock: 176)
    case .q6K: Layout(name: "Q6_K", ggufCode: 14, blockSize: 256, bytesPerBlock: 210)
    case .iq4NL: Layout(name: "IQ4_NL", ggufCode: 20, blockSize: 32, bytesPerBlock: 18)
    case .iq4XS: Layout(name: "IQ4_XS", ggufCode: 23, blockSize: 256, bytesPerBlock: 136)
    }
  }

  /// The name that ggml and model files use, such as `Q4_1`.
  public var name: String { layout.name }
  /// The count of numbers in one block; 1 for the float types.
  public var blockSize: Int { layout.blockSize }
  /// The size of one block in bytes.
  public var bytesPerBlock: Int { layout.bytesPerBlock }

  /// The size in bytes of a row of `columns` numbers, which are a multiple of `blockSize`.
  public func bytesPerRow(of columns: Int) -> Int { columns / blockSize * bytesPerBlock }

  /// Returns the type with this number in GGUF files, or nil for types that cannot be unpacked.
  public init?(ggufCode: UInt32) {
    guard let type = Self.allCases.first(where: { $0.layout.ggufCode == ggufCode }) else {
      return nil
    }
    self = type
  }

  /// Writes `blockCount * blockSize` numbers; the caller has checked both memory ranges.
  func unpack(
    _ source: UnsafeRawPointer, into output: UnsafeMutablePointer<Float>, blockCount: Int
  ) {
    switch self {
    case .f32: FloatRows.unpackF32(source, into: output, count: blockCount)
    case .f16: FloatRows.unpackF16(source, into: output, count: blockCount)
    case .bf16: FloatRows.unpackBF16(source, into: output, count: blockCount)
    case .q40: LegacyQuants.unpackQ40(source, into: output, blockCount: blockCount)
    case .q41: LegacyQuants.unpackQ41(source, into: output, blockCount: blockCount)
    case .q50: LegacyQuants.unpackQ50(source, into: output, blockCount: blockCount)
    case .q51: LegacyQuants.unpackQ51(source, into: output, blockCount: blockCount)
    case .q80: LegacyQuants.unpackQ80(source, into: output, blockCount: blockCount)
    case .q2K: KQuants.unpackQ2K(source, into: output, blockCount: blockCount)
    case .q3K: KQuants.unpackQ3K(source, into: output, blockCount: blockCount)
    case .q4K: KQuants.unpackQ4K(source, into: output, blockCount: blockCount)
    case .q5K: KQuants.unpackQ5K(source, into: output, blockCount: blockCount)
    case .q6K: KQuants.unpackQ6K(source, into: output, blockCount: blockCount)
    case .iq4NL: TableQuants.unpackIQ4NL(source, into: output, blockCount: blockCount)
    case .iq4XS: TableQuants.unpackIQ4XS(source, into: output, blockCount: blockCount)
    }
  }
}
