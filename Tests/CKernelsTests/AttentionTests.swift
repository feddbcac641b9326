import CKernels
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

func exponential(_ x: Double) -> Double { exp(x) }
func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }

/// Causal attention of one query over a whole sequence, in double precision, without any trie.
///
/// `allowed` bounds the error of float32: a score's sum of dHead products is off by at most
/// dHead · u · Σ|q k|, the shift and the range reduction of exp by some u · |score|; an error δ of
/// a score changes its weight by the factor exp(δ), and weights are normalised by a sum that has
/// the same error; the weighted sum of n values and its 3 last roundings are off by (n + 8) u.
/// A softcap has a slope of at most 1, and its tanh is off by 3e-7 of the cap.
struct DenseAttention {
  private(set) var mixed: [Double]
  private(set) var allowed: [Double]

  init(_ input: AttentionInput, row: Int, head: Int, sequence path: [Int]) {
    let sequence = input.window > 0 ? path.suffix(input.window) : path[...]
    let cap = Double(input.softcap)
    var scores: [Double] = []
    var scoreError = 0.0
    for key in sequence {
      let products = zip(input.query(row, head), input.key(key, head)).map {
        Double($0) * Double($1)
      }
      let score = products.reduce(0, +) * Double(input.scale)
      scores.append(cap > 0 ? cap * hyperbolicTangent(score / cap) : score)
      let size = products.reduce(0) { $0 + abs($1) } * Double(input.scale)
      scoreError = max(scoreError, Double(input.dHead + 8) * u * size + 3e-7 * cap)
    }
    let largest = scores.max() ?? 0
    let weights = scores.map { exponential($0 - largest) }
    let sum = weights.reduce(0, +)
    let relative = 2 * (exponential(scoreError) - 1) + Double(sequence.count + 16) * u
    mixed = [Double](repeating: 0, count: input.dHead)
    allowed = [Double](repeating: 1e-37, count: input.dHead)
    for (key, weight) in zip(sequence, weights) {
      for (d, value) in input.value(key, head).enumerated() {
        mixed[d] += weight / sum * Double(value)
        allowed[d] += relative * weight / sum * abs(Double(value))
      }
    }
  }
}

@Suite struct AttentionTests {
  static let rows = 120

  private func input(
    _ shape: HeadShape, seed: Int
  ) -> (AttentionInput, RowTree, SeededRandom) {
    var random = SeededRandom(seed: seed + shape.heads * 1000 + shape.kvHeads * 100 + shape.dHead)
    let tree = RowTree.random(rows: Self.rows, using: &random)
    return (AttentionInput(shape, rows: Self.rows, using: &random), tree, random)
  }

  private func worst(
    _ actual: [Float], _ queries: [Int32], _ input: AttentionInput, _ tree: RowTree
  ) -> WorstElement {
    var worst = WorstElement()
    for (place, row) in queries.enumerated() {
      for head in 0..<input.heads {
        let dense = DenseAttention(
          input, row: Int(row), head: head, sequence: tree.path(to: Int(row)))
        for d in 0..<input.dHead {
          worst.note(
            "row \(row) head \(head) column \(d)",
            actual[(place * input.heads + head) * input.dHead + d], dense.mixed[d],
            within: dense.allowed[d])
        }
      }
    }
    return worst
  }

  @Test(arguments: HeadShape.all)
  func `attention over a trie is causal attention over each sequence`(shape: HeadShape) {
    let (input, tree, _) = input(shape, seed: 1)
    let cut = tree.cut { false }
    let queries = (0..<Int32(Self.rows)).filter { $0 % 3 != 1 }
    let fast = worst(input.attend(queries, cut), queries, input, tree)
    #expect(fast.ratio <= 1, "\(fast)")
    let plain = worst(input.attendPlain(queries, cut), queries, input, tree)
    #expect(plain.ratio <= 1, "\(plain)")
  }

  @Test(arguments: HeadShape.all)
  func `a window hides all but the last positions, a softcap bounds scores`(shape: HeadShape) {
    var (input, tree, random) = input(shape, seed: 6)
    let queries = (0..<Int32(Self.rows)).map { $0 }
    for (window, softcap) in [(1, 0), (5, 0), (16, 0), (17, 2), (0, 2), (200, 30)] {
      input.window = window
      input.softcap = Float(softcap)
      let cut = tree.cut { Int.random(in: 0..<6, using: &random) == 0 }
      let attended = input.attend(queries, cut)
      let fast = worst(attended, queries, input, tree)
      #expect(fast.ratio <= 1, "window \(window), cap \(softcap): \(fast)")
      let plain = worst(input.attendPlain(queries, cut), queries, input, tree)
      #expect(plain.ratio <= 1, "window \(window), cap \(softcap): \(plain)")
      let whole = input.attend(queries, tree.cut { false })
      #expect(whole.map(\.bitPattern) == attended.map(\.bitPattern))
    }
  }

  @Test(arguments: HeadShape.all)
  func `the cut into segments and spans does not change a bit`(shape: HeadShape) {
    var (input, tree, random) = input(shape, seed: 2)
    let queries = (0..<Int32(Self.rows)).map { $0 }
    let whole = input.attend(queries, tree.cut { false }).map(\.bitPattern)
    #expect(whole == input.attend(queries, tree.cut { true }).map(\.bitPattern))
    for _ in 0..<3 {
      let cut = tree.cut { Int.random(in: 0..<4, using: &random) == 0 }
      #expect(whole == input.attend(queries, cut).map(\.bitPattern))
    }
  }

  @Test(arguments: HeadShape.all)
  func `the company and order of queries do not change a bit`(shape: HeadShape) {
    var (input, tree, random) = input(shape, seed: 3)
    let cut = tree.cut { false }
    let width = input.heads * input.dHead
    let all = input.attend((0..<Int32(Self.rows)).map { $0 }, cut)
    let some = (0..<Int32(Self.rows)).shuffled(using: &random).prefix(17).map { $0 }
    let picked = input.attend(some, cut)
    for (place, row) in some.enumerated() {
      let expected = all[Int(row) * width..<(Int(row) + 1) * width].map(\.bitPattern)
      #expect(picked[place * width..<(place + 1) * width].map(\.bitPattern) == expected)
    }
  }

  @Test(arguments: HeadShape.all)
  func `bf16 outputs are the float32 outputs rounded`(shape: HeadShape) {
    let (input, tree, _) = input(shape, seed: 4)
    let cut = tree.cut { false }
    let queries: [Int32] = [0, 7, 40, 41, 119]
    #expect(input.attendBF16(queries, cut) == input.attend(queries, cut).map(bf16))
  }

  @Test(arguments: HeadShape.all, [0, 30])
  func `keys and values in float16 give the bits of the same numbers in float32`(
    shape: HeadShape, window: Int
  ) {
    var (wide, tree, _) = input(shape, seed: 6)
    wide = wide.withRoundedKeysValues
    wide.window = window
    var narrow = wide
    narrow.readsFloat16 = true
    let cut = tree.cut { false }
    let queries = [Int32](0..<Int32(Self.rows))
    #expect(narrow.attend(queries, cut) == wide.attend(queries, cut))
    #expect(narrow.attendPlain(queries, cut) == wide.attendPlain(queries, cut))
  }

  /// With one-hot values the outputs are the probabilities themselves.
  @Test func `probabilities are a softmax over the whole range of scores`() {
    let n = 16
    var random = SeededRandom(seed: 5)
    var input = AttentionInput(
      HeadShape(heads: 1, kvHeads: 1, dHead: 16), rows: n, using: &random)
    input.scale = 1
    let scores = (0..<n).map { Float($0) * -5.3 + 11 }
    for row in 0..<n {
      for column in 0..<16 {
        input.qkv[row * input.stride + column] = column == 0 ? 1 : 0
        input.qkv[row * input.stride + 16 + column] = column == 0 ? scores[row] : 0
        input.qkv[row * input.stride + 32 + column] = column == row ? 1 : 0
      }
    }
    let chain = RowTree(parents: (0..<n).map { $0 - 1 }).cut { false }
    let actual = input.attend([Int32(n - 1)], chain)
    let exact = scores.map { exponential(Double($0)) }
    let sum = exact.reduce(0, +)
    var worst = WorstElement()
    for (t, probability) in actual.enumerated() {
      // The shift by the largest score rounds once: u · |score - max| in the exponent.
      let allowed = (Double(scores[0] - scores[t]) + 24) * u * exact[t] / sum
      worst.note("position \(t)", probability, exact[t] / sum, within: allowed)
    }
    #expect(worst.ratio <= 1, "\(worst)")
  }
}
