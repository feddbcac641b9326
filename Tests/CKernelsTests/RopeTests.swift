import CKernels
import Testing

@Suite struct RopeTests {
  struct Shape: CustomTestStringConvertible {
    var heads: Int
    var dHead: Int
    var half: Int
    var testDescription: String { "\(heads) heads of \(dHead), \(2 * half) columns turned" }
  }

  static let shapes = [
    Shape(heads: 1, dHead: 8, half: 4), Shape(heads: 3, dHead: 16, half: 8),
    Shape(heads: 4, dHead: 64, half: 32), Shape(heads: 2, dHead: 80, half: 40),
    Shape(heads: 5, dHead: 128, half: 64), Shape(heads: 2, dHead: 64, half: 16),
    Shape(heads: 2, dHead: 80, half: 10),
  ]

  /// Each result is a sum of two products: three roundings, each within u of Σ|products|.
  @Test(arguments: shapes) func `rope turns pairs as its plain reference does`(shape: Shape) {
    var random = SeededRandom(seed: shape.dHead + shape.half)
    let (rows, positions) = (6, 9)
    let stride = (shape.heads + 2) * shape.dHead + 3
    let before = random.floats(rows * stride)
    let cosine = random.floats(positions * shape.half)
    let sine = random.floats(positions * shape.half)
    let position: [Int32] = [0, 8, 3, 3, 1, 7]
    var (fast, plain) = (before, before)
    ck_rope(
      &fast, stride, position, rows, shape.heads, shape.dHead, cosine, sine, shape.half)
    ck_rope_plain(
      &plain, stride, position, rows, shape.heads, shape.dHead, cosine, sine, shape.half)

    var worst = WorstElement()
    var untouched = true
    for row in 0..<rows {
      for column in 0..<stride {
        let index = row * stride + column
        let (head, within) = column.quotientAndRemainder(dividingBy: shape.dHead)
        guard head < shape.heads, within < 2 * shape.half else {
          untouched = untouched && fast[index].bitPattern == before[index].bitPattern
          continue
        }
        let pair = within % shape.half
        let angle = Int(position[row]) * shape.half + pair
        let (x, y) = (before[index - within + pair], before[index - within + pair + shape.half])
        let (c, s) = (abs(cosine[angle]), abs(sine[angle]))
        let size = within < shape.half ? abs(x) * c + abs(y) * s : abs(y) * c + abs(x) * s
        worst.note(
          "row \(row) column \(column)", fast[index], Double(plain[index]),
          within: 4 * u * Double(size))
      }
    }
    #expect(worst.ratio <= 1, "\(worst)")
    #expect(untouched, "values and columns beyond the turned ones stay as they are")
  }

  @Test func `a quarter turn takes the first half to the second`() {
    let half = 16
    var row = (0..<32).map(Float.init)
    ck_rope(
      &row, 32, [0], 1, 1, 32, [Float](repeating: 0, count: half),
      [Float](repeating: 1, count: half), half)
    #expect(row == (16..<32).map { -Float($0) } + (0..<16).map(Float.init))
  }
}
