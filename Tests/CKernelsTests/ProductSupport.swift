import CKernels
import Testing

/// A family of kernels that this machine has.
struct Family: CustomTestStringConvertible {
  let code: ck_family
  var testDescription: String { String(cString: ck_family_name(code)) }

  static let all = (0..<UInt32(CK_FAMILIES)).map { Family(code: ck_family(rawValue: $0)) }
    .filter { ck_has_family($0.code) }

  /// Runs `body`, on this thread, with the family's kernels.
  func use<Result>(_ body: () -> Result) -> Result {
    let before = ck_family_in_use()
    ck_use_family(code)
    defer { ck_use_family(before) }
    return body()
  }
}

/// How a file stores numbers.
struct Format: CustomTestStringConvertible {
  let testDescription: String
  let code: ck_format
  let blockSize: Int
  private let bytesPerBlock: Int
  /// Where a block has its scale and its offset, float16.
  private let scales: [Int]

  static let all = [
    Format("F32", CK_F32, 1, 4), Format("F16", CK_F16, 1, 2), Format("BF16", CK_BF16, 1, 2),
    Format("Q4_0", CK_Q4_0, 32, 18, [0]), Format("Q4_1", CK_Q4_1, 32, 20, [0, 2]),
    Format("Q5_0", CK_Q5_0, 32, 22, [0]), Format("Q5_1", CK_Q5_1, 32, 24, [0, 2]),
    Format("Q8_0", CK_Q8_0, 32, 34, [0]), Format("Q2_K", CK_Q2_K, 256, 84, [80, 82]),
    Format("Q3_K", CK_Q3_K, 256, 110, [108]), Format("Q4_K", CK_Q4_K, 256, 144, [0, 2]),
    Format("Q5_K", CK_Q5_K, 256, 176, [0, 2]), Format("Q6_K", CK_Q6_K, 256, 210, [208]),
    Format("IQ4_NL", CK_IQ4_NL, 32, 18, [0]), Format("IQ4_XS", CK_IQ4_XS, 256, 136, [0]),
  ]

  private init(
    _ name: String, _ code: ck_format, _ blockSize: Int, _ bytesPerBlock: Int, _ scales: [Int] = []
  ) {
    (testDescription, self.code, self.blockSize) = (name, code, blockSize)
    (self.bytesPerBlock, self.scales) = (bytesPerBlock, scales)
  }

  /// A row of random numbers: any bits for what blocks code, scales of ordinary size, some tiny.
  func row(inputs: Int, _ random: inout SeededRandom) -> [UInt8] {
    guard blockSize > 1 else { return random.floats(inputs).flatMap(bytes) }
    return (0..<inputs / blockSize).flatMap { block in
      var bytes = (0..<bytesPerBlock).map { _ in UInt8.random(in: .min ... .max, using: &random) }
      for place in scales {
        let size = block % 4 == 3 ? Float16(0x1p-20) : 1
        let scale = Float16(random.floats(1)[0]) * size
        bytes.replaceSubrange(place..<place + 2, with: littleEndian(scale.bitPattern))
      }
      return bytes
    }
  }

  /// Makes the last number, or the last scale, infinite.
  func spoil(_ row: inout [UInt8]) {
    let infinity =
      code == CK_F32
      ? bytes(.infinity) : littleEndian(code == CK_BF16 ? 0x7F80 : Float16.infinity.bitPattern)
    let place = row.count - bytesPerBlock + (scales.last ?? 0)
    row.replaceSubrange(place..<place + infinity.count, with: infinity)
  }

  private func bytes(_ number: Float) -> [UInt8] {
    switch code {
    case CK_F16: littleEndian(Float16(number).bitPattern)
    case CK_BF16: littleEndian(bf16(number))
    default: withUnsafeBytes(of: number.bitPattern.littleEndian, Array.init)
    }
  }
}

private func littleEndian(_ number: UInt16) -> [UInt8] {
  withUnsafeBytes(of: number.littleEndian, Array.init)
}

func float(fromBF16 number: UInt16) -> Float { Float(bitPattern: UInt32(number) << 16) }
