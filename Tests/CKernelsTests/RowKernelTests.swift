import CKernels
import Testing

@Suite struct RowKernelTests {
  /// The vector kernel sums squares in 16 lanes of width / 16 terms, folds them in 4 steps and adds
  /// up to 15 left-over terms, each step within u; the square root halves that relative error, and
  /// mean, root, quotient and the two products add 5 u.
  @Test(arguments: widths) func `rms norm agrees with its plain reference`(width: Int) {
    var random = SeededRandom(seed: width)
    let rows = 5
    let x = random.floats(rows * width)
    let weight = random.floats(width)
    let fast = output(rows * width, filledWith: Float.nan) {
      ck_rms_norm(x, weight, 1e-5, rows, width, $0, false)
    }
    let plain = output(rows * width, filledWith: Float.nan) {
      ck_rms_norm_plain(x, weight, 1e-5, rows, width, $0, false)
    }
    var worst = WorstElement()
    let steps = Double(width) / 16 + 4 + 15
    for i in fast.indices {
      let allowed = (steps / 2 + 6) * u * abs(Double(plain[i]))
      worst.note("element \(i)", fast[i], Double(plain[i]), within: allowed)
    }
    #expect(worst.ratio <= 1, "\(worst)")
  }

  @Test func `rms norm adds epsilon to the mean square`() {
    let normed = output(32, filledWith: Float.nan) {
      ck_rms_norm(
        [Float](repeating: 0, count: 32), [Float](repeating: 1, count: 32), 1e-5, 1, 32, $0, false)
    }
    #expect(normed.allSatisfy { $0 == 0 })
    let ones = output(20, filledWith: Float.nan) {
      ck_rms_norm(
        [Float](repeating: 1, count: 20), [Float](repeating: 2, count: 20), 3, 1, 20, $0, false)
    }
    #expect(ones.allSatisfy { $0 == 1 })
  }

  /// The bound of tanh's absolute error, 3e-7, is worth 3 u of the larger factor; erf's is less.
  @Test(arguments: widths) func `gelu agrees with its plain reference`(width: Int) {
    var random = SeededRandom(seed: 300 + width)
    let rows = 3
    let gateUp = random.floats(rows * 2 * width).map { 3 * $0 }
    for activation in [CK_GELU, CK_GELU_TANH] {
      let fast = output(rows * width, filledWith: Float.nan) {
        ck_gate(activation, gateUp, rows, width, $0, false)
      }
      let plain = output(rows * width, filledWith: Float.nan) {
        ck_gate_plain(activation, gateUp, rows, width, $0, false)
      }
      var worst = WorstElement()
      for i in fast.indices {
        let (row, column) = (i / width, i % width)
        let (gate, up) = (gateUp[row * 2 * width + column], gateUp[(row * 2 + 1) * width + column])
        let allowed = 8 * u * Double(abs(gate * up)) + 1e-44
        worst.note("\(activation) element \(i)", fast[i], Double(plain[i]), within: allowed)
      }
      #expect(worst.ratio <= 1, "\(worst)")
    }
    let alone = output(width, filledWith: Float.nan) {
      ck_activate(CK_GELU_TANH, gateUp, width, $0, false)
    }
    let gated = output(width, filledWith: Float.nan) {
      let row = Array(gateUp[..<width]) + [Float](repeating: 1, count: width)
      ck_gate(CK_GELU_TANH, row, 1, width, $0, false)
    }
    #expect(alone.map(\.bitPattern) == gated.map(\.bitPattern))
  }

  /// Mean and variance in float32 are off by some u times the root of the sum's length.
  @Test(arguments: widths) func `layer_norm agrees with its plain reference`(width: Int) {
    var random = SeededRandom(seed: 400 + width)
    let rows = 3
    let (x, weight, bias) = (
      random.floats(rows * width).map { 2 * $0 + 0.5 }, random.floats(width), random.floats(width)
    )
    for bias in [nil, bias] {
      let fast = output(rows * width, filledWith: Float.nan) {
        ck_layer_norm(x, weight, bias, 1e-5, rows, width, $0, false)
      }
      let plain = output(rows * width, filledWith: Float.nan) {
        ck_layer_norm_plain(x, weight, bias, 1e-5, rows, width, $0, false)
      }
      var worst = WorstElement()
      for i in fast.indices {
        let size = Double(abs(plain[i]) + abs(weight[i % width]) * 4 + abs(bias?[i % width] ?? 0))
        let allowed = (Double(width).squareRoot() + 8) * 2 * u * size
        worst.note("element \(i)", fast[i], Double(plain[i]), within: allowed)
      }
      #expect(worst.ratio <= 1, "\(worst)")
    }
  }

  @Test func `head norm is the norm of each head alone`() {
    var random = SeededRandom(seed: 500)
    let (rows, stride, heads, dHead) = (3, 70, 4, 16)
    let x = random.floats(rows * stride)
    let weight = random.floats(dHead)
    var normed = x
    ck_head_norm(&normed, stride, weight, 1e-6, rows, heads, dHead)
    for row in 0..<rows {
      for head in 0..<heads {
        let start = row * stride + head * dHead
        let alone = output(dHead, filledWith: Float.nan) {
          ck_rms_norm(Array(x[start..<start + dHead]), weight, 1e-6, 1, dHead, $0, false)
        }
        #expect(alone.map(\.bitPattern) == normed[start..<start + dHead].map(\.bitPattern))
      }
      let rest = row * stride + heads * dHead..<(row + 1) * stride
      #expect(x[rest] == normed[rest])
    }
  }

  @Test func `softcap bounds every score and a bias is added to every row`() {
    var scores: [Float] = [-1e6, -30, -1, -1e-3, 0, 1e-3, 1, 30, 1e6] + (0..<20).map { Float($0) }
    let before = scores
    ck_softcap(&scores, scores.count, 30)
    for (score, x) in zip(scores, before) {
      let exact = 30 * hyperbolicTangent(Double(x) / 30)
      #expect(abs(Double(score) - exact) <= 30 * 3e-7 && abs(score) <= 30)
    }
    var rows: [Float] = [1, 2, 3, 4, 5, 6]
    ck_add_bias(&rows, [10, 20, 30], 2, 3)
    #expect(rows == [11, 22, 33, 14, 25, 36])
  }

  /// exp is within 2 units in the last place (4 u), which enters with a weight below 1; sum,
  /// quotient and product add 3 u.
  @Test(arguments: widths) func `swiglu agrees with its plain reference`(width: Int) {
    var random = SeededRandom(seed: 100 + width)
    let rows = 4
    let gateUp = random.floats(rows * 2 * width).map { 4 * $0 }
    let fast = output(rows * width, filledWith: Float.nan) {
      ck_gate(CK_SILU, gateUp, rows, width, $0, false)
    }
    let plain = output(rows * width, filledWith: Float.nan) {
      ck_gate_plain(CK_SILU, gateUp, rows, width, $0, false)
    }
    var worst = WorstElement()
    for i in fast.indices {
      let allowed = 8 * u * abs(Double(plain[i])) + 1e-44
      worst.note("element \(i)", fast[i], Double(plain[i]), within: allowed)
    }
    #expect(worst.ratio <= 1, "\(worst)")
  }

  @Test(arguments: widths) func `bf16 outputs are the float32 outputs rounded`(width: Int) {
    var random = SeededRandom(seed: 200 + width)
    let rows = 3
    let x = random.floats(rows * 2 * width)
    let weight = random.floats(width)
    let normed = output(rows * width, filledWith: Float.nan) {
      ck_rms_norm(x, weight, 1e-6, rows, width, $0, false)
    }
    let normedBF16 = output(rows * width, filledWith: UInt16.max) {
      ck_rms_norm(x, weight, 1e-6, rows, width, $0, true)
    }
    #expect(normedBF16 == normed.map(bf16))
    let gated = output(rows * width, filledWith: Float.nan) {
      ck_gate(CK_SILU, x, rows, width, $0, false)
    }
    let gatedBF16 = output(rows * width, filledWith: UInt16.max) {
      ck_gate(CK_SILU, x, rows, width, $0, true)
    }
    #expect(gatedBF16 == gated.map(bf16))
  }

  @Test(arguments: [1, 15, 16, 17, 1000])
  func `rounding and converting to 16 bits find the nearest`(count: Int) {
    var random = SeededRandom(seed: 400 + count)
    let x = random.floats(count)
    let converted = output(count, filledWith: UInt16.max) { ck_convert(x, count, $0, true) }
    #expect(converted == x.map(bf16))
    var rounded = x
    ck_round_to_bf16(&rounded, count)
    #expect(rounded == converted.map { Float(bitPattern: UInt32($0) << 16) })
    let halved = output(count, filledWith: Float16.nan) { ck_convert_to_f16(x, count, $0) }
    #expect(halved == x.map { Float16($0) })
    var coarse = x
    ck_round_to_f16(&coarse, count)
    #expect(coarse == halved.map { Float($0) })
    let copied = output(count, filledWith: Float.nan) { ck_convert(x, count, $0, false) }
    #expect(copied == x)
  }

  @Test(arguments: [1, 15, 16, 17, 1000]) func `add is one exact addition, also in place`(
    count: Int
  ) {
    var random = SeededRandom(seed: 300 + count)
    let (a, b) = (random.floats(count), random.floats(count))
    let expected = zip(a, b).map { ($0 + $1).bitPattern }
    var sum = [Float](repeating: .nan, count: count)
    ck_add(a, b, count, &sum)
    #expect(sum.map(\.bitPattern) == expected)
    var inPlace = a
    inPlace.withUnsafeMutableBufferPointer { ck_add($0.baseAddress, b, count, $0.baseAddress) }
    #expect(inPlace.map(\.bitPattern) == expected)
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity, Float(bitPattern: 0xFF80_0001)])
  func `the first number that is not finite is found at every place`(bad: Float) {
    var random = SeededRandom(seed: 1)
    // More than one block of 1024 and a rest.
    let count = 1024 + 1024 + 37
    var x = random.floats(count)
    x[5] = .greatestFiniteMagnitude
    x[6] = .leastNonzeroMagnitude
    #expect(ck_first_non_finite(x, count) == count)
    for place in 0..<count {
      let kept = x[place]
      x[place] = bad
      #expect(ck_first_non_finite(x, count) == place)
      x[place] = kept
    }
    x[1030] = bad
    x[2000] = bad
    #expect(ck_first_non_finite(x, count) == 1030)
    #expect(ck_first_non_finite(x, 0) == 0)
  }
}

/// exp16 has no entry point of its own; the gate shows it: with up = 1, silu(g) = g / (1 + exp(-g)).
@Suite struct ExponentialTests {
  @Test func `the vector exponential is accurate over its whole range`() {
    let count = 1 << 16
    let gates = (0..<count).map { Float(-87 + 175 * Double($0) / Double(count)) }
    let silu = output(count, filledWith: Float.nan) {
      ck_gate(CK_SILU, gates + [Float](repeating: 1, count: count), 1, count, $0, false)
    }
    var worst = WorstElement()
    for (gate, actual) in zip(gates, silu) {
      let exact = Double(gate) / (1 + exponential(-Double(gate)))
      worst.note("silu(\(gate))", actual, exact, within: 8 * u * abs(exact) + 1e-44)
    }
    #expect(worst.ratio <= 1, "\(worst)")
  }

  @Test func `the gate goes to zero and to the identity far out`() {
    let gates: [Float] = [-1e30, -1000, -100, -88.5, 88.5, 100, 1000, 1e30]
    for width in [8, 16] {
      let gateUp = (gates + gates).prefix(width) + [Float](repeating: 1, count: width)
      let silu = output(width, filledWith: Float.nan) {
        ck_gate(CK_SILU, Array(gateUp), 1, width, $0, false)
      }
      // Beyond exp's range the vector gate is g · exp(-88) instead of 0.
      for (gate, actual) in zip(gates, silu) where gate < 0 && gate > -1e4 {
        #expect(abs(actual) < 1e-34, "silu(\(gate)) is \(actual)")
      }
      for (gate, actual) in zip(gates, silu) where gate > 0 { #expect(actual == gate) }
    }
  }

  @Test(arguments: [8, 16]) func `the gate keeps NaN`(width: Int) {
    for place in 0..<2 * width {
      var gateUp = [Float](repeating: 1, count: 2 * width)
      gateUp[place] = .nan
      let gated = output(width, filledWith: Float(0)) {
        ck_gate(CK_SILU, gateUp, 1, width, $0, false)
      }
      #expect(gated[place % width].isNaN)
      #expect(gated.count { $0.isNaN } == 1)
    }
  }

  /// A product and a sum, each within half a unit in the last place, or both in one rounding.
  @Test(arguments: widths) func `adding scaled doubles agrees with its plain reference`(width: Int)
  {
    var random = SeededRandom(seed: width)
    let (x, y) = (random.floats(width).map(Double.init), random.floats(width).map(Double.init))
    var (fast, plain) = (x, x)
    ck_add_scaled_double(&fast, y, -1.7, width)
    ck_add_scaled_double_plain(&plain, y, -1.7, width)
    for i in 0..<width {
      #expect(abs(fast[i] - plain[i]) <= 2 * Double.ulpOfOne * (abs(x[i]) + 1.7 * abs(y[i])))
    }
  }
}
