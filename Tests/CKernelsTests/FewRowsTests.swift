import CKernels
import Testing

@Suite struct FewRowKernelTests {
  /// Each of the k products is rounded once as it joins its sum, and each part once more.
  @Test(arguments: [1, 2, 5, 6, 7, 12, 17, 64], [(64, 32), (100, 48), (192, 576)])
  func `products agree with sums in double precision`(rows: Int, shape: (n: Int, k: Int)) {
    var random = SeededRandom(seed: rows + shape.n)
    let (n, k) = shape
    let (x, w) = (random.floats(rows * k), random.floats(n * k))
    let blocks = (n + 63) / 64
    var packed = [Float](repeating: 0, count: blocks * 64 * k)
    for output in 0..<n {
      for input in 0..<k {
        packed[output / 64 * 64 * k + input * 64 + output % 64] = w[output * k + input]
      }
    }
    var product = ck_few_rows(
      n: n, k: k, depth: max(k / 2 / 16 * 16, 16), x_stride: k, y_stride: n + 3, is_bf16: false)
    var y = [Float](repeating: -1, count: rows * (n + 3))
    guard ck_multiply_few_rows(&product, rows, x, packed, &y) else { return }
    for row in 0..<rows {
      for output in 0..<n {
        var (sum, size) = (0.0, 0.0)
        for input in 0..<k {
          let term = Double(x[row * k + input]) * Double(w[output * k + input])
          sum += term
          size += abs(term)
        }
        let found = Double(y[row * (n + 3) + output])
        #expect(abs(found - sum) <= Double(k + 2) * u * size)
      }
      // What lies between rows is nobody's to write.
      #expect(y[row * (n + 3) + n..<(row + 1) * (n + 3)].allSatisfy { $0 == -1 })
    }
  }

  @Test(arguments: [false, true], [(192, 576, 576), (100, 64, 32), (320, 1536, 384)])
  func `single outputs have the bits that they have among all`(
    isBF16: Bool, shape: (n: Int, k: Int, depth: Int)
  ) {
    var random = SeededRandom(seed: shape.n)
    let blocks = (shape.n + 63) / 64
    let (x, w) = (random.floats(shape.k), random.floats(blocks * 64 * shape.k))
    var product = ck_few_rows(
      n: shape.n, k: shape.k, depth: shape.depth, x_stride: shape.k, y_stride: shape.n,
      is_bf16: isBF16)
    let outputs = (0..<9).map { _ in Int32.random(in: 0..<Int32(shape.n), using: &random) }
    var all = [Float](repeating: .nan, count: shape.n)
    var some = [Float](repeating: .nan, count: outputs.count)
    let isDone: Bool
    if isBF16 {
      let (x, w) = (x.map(bf16), w.map(bf16))
      isDone = ck_multiply_few_rows(&product, 1, x, w, &all)
      #expect(ck_multiply_outputs(&product, x, w, outputs, outputs.count, &some) == isDone)
    } else {
      isDone = ck_multiply_few_rows(&product, 1, x, w, &all)
      #expect(ck_multiply_outputs(&product, x, w, outputs, outputs.count, &some) == isDone)
    }
    guard isDone else { return }
    #expect(some.map(\.bitPattern) == outputs.map { all[Int($0)].bitPattern })
  }

  @Test func `an odd count of bfloat16 inputs is not provided for`() {
    var product = ck_few_rows(n: 64, k: 33, depth: 32, x_stride: 33, y_stride: 64, is_bf16: true)
    var y = [Float](repeating: -1, count: 64)
    let (x, w) = ([UInt16](repeating: 0, count: 33), [UInt16](repeating: 0, count: 64 * 64))
    #expect(!ck_multiply_few_rows(&product, 1, x, w, &y))
    #expect(y.allSatisfy { $0 == -1 })
  }
}
