import CKernels
import Testing

/// A NaN that a kernel swallowed would make wrong numbers look right.
@Suite struct NonFiniteTests {
  @Test(arguments: [8, 16, 80], [Float.nan, -.nan, Float(bitPattern: 0x7FC0_0001), .infinity])
  func `attention keeps what is not finite in queries, keys and values`(dHead: Int, bad: Float) {
    for group in [1, 2, 3, 4, 5] {
      var random = SeededRandom(seed: dHead + group)
      let shape = HeadShape(heads: group, kvHeads: 1, dHead: dHead)
      let chain = RowTree(parents: (0..<20).map { $0 - 1 }).cut { false }
      let clean = AttentionInput(shape, rows: 20, using: &random)
      // Columns of the first query head, the key head and the value head of row 9.
      for column in [0, group * dHead, (group + 1) * dHead] {
        var input = clean
        let isQuery = column == 0
        input.qkv[9 * input.stride + column] = bad
        // A key of -inf times q rightly has weight 0; with q > 0 the weight is inf / inf.
        for row in 0..<20 { input.qkv[row * input.stride] = row == 9 && isQuery ? bad : 1 }
        let out = input.attend((0..<20).map(Int32.init), chain)
        let width = group * dHead
        let reached = (0..<20).filter { row in
          out[row * width..<row * width + dHead].contains { !$0.isFinite }
        }
        #expect(
          reached == (isQuery ? [9] : Array(9..<20)),
          "\(bad) in column \(column) of row 9, group of \(group)")
      }
    }
  }

  @Test(arguments: [8, 16]) func `rms norm keeps NaN in its row and keeps it out of others`(
    width: Int
  ) {
    for place in 0..<width {
      var x = [Float](repeating: 1, count: 3 * width)
      x[width + place] = .nan
      let out = output(3 * width, filledWith: Float(0)) {
        ck_rms_norm(x, [Float](repeating: 1, count: width), 1e-5, 3, width, $0, false)
      }
      #expect(out[width..<2 * width].allSatisfy { $0.isNaN })
      #expect((out[..<width] + out[(2 * width)...]).allSatisfy { $0.isFinite })
    }
  }
}

/// Attention over one row gives the row's value back, so it shows how a number is stored.
@Suite struct BFloat16Tests {
  /// Both ways of storing: sixteen at a time, and one by one.
  @Test(arguments: [16, 8])
  func `numbers round to nearest even, and NaN stays NaN`(dHead: Int) {
    let rests: [UInt32] = [0, 1, 0x7FFF, 0x8000, 0x8001, 0xFFFF]
    // Minus zero becomes zero in the sum over positions.
    let numbers = (0...UInt32(0xFFFF)).flatMap { upper in
      rests.map { Float(bitPattern: upper << 16 | $0) }
    }.filter { $0.bitPattern != 0x8000_0000 }
    let rows = numbers.count / dHead
    var random = SeededRandom(seed: 0)
    let shape = HeadShape(heads: 1, kvHeads: 1, dHead: dHead)
    var input = AttentionInput(shape, rows: 0, using: &random)
    input.stride = 3 * dHead
    input.qkv = (0..<rows).flatMap { row in
      [Float](repeating: 1, count: 2 * dHead) + numbers[row * dHead..<(row + 1) * dHead]
    }
    let alone = RowTree(parents: [Int](repeating: -1, count: rows)).cut { false }
    let stored = input.attendBF16((0..<Int32(rows)).map { $0 }, alone)
    var wrong: [String] = []
    for (number, actual) in zip(numbers, stored) {
      let isRight =
        number.isNaN
        ? Float(bitPattern: UInt32(actual) << 16).isNaN : actual == nearestBF16(number)
      if !isRight { wrong.append("\(number) became 0x\(String(actual, radix: 16))") }
    }
    #expect(wrong.isEmpty, "\(wrong.count) wrong: \(wrong.prefix(5))")
  }

  /// The nearer of the two neighbours in bfloat16 by distance, the even one at the same distance.
  private func nearestBF16(_ number: Float) -> UInt16 {
    let below = UInt16(number.bitPattern >> 16)
    guard number.isFinite else { return below }
    func value(_ bits: UInt16) -> Double {
      // The step beyond the largest bfloat16 is where infinity stands.
      bits & 0x7FFF == 0x7F80
        ? (bits & 0x8000 == 0 ? 0x1p128 : -0x1p128)
        : Double(Float(bitPattern: UInt32(bits) << 16))
    }
    let low = abs(Double(number) - value(below))
    let high = abs(Double(number) - value(below + 1))
    if low == high { return below % 2 == 0 ? below : below + 1 }
    return low < high ? below : below + 1
  }
}
