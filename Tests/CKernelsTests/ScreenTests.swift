import CKernels
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What finds a row's largest outputs, held against products in double precision.
@Suite(.enabled(if: ck_has_screen(), "this machine has no product of bytes"))
struct ScreenTests {
  struct Shape: CustomTestStringConvertible {
    var n: Int
    var k: Int
    var rows: Int
    var testDescription: String { "\(rows) rows, \(k) inputs, \(n) outputs" }

    static let all = [
      Shape(n: 32, k: 64, rows: 1), Shape(n: 50, k: 64, rows: 7), Shape(n: 1000, k: 128, rows: 13),
      Shape(n: 333, k: 576, rows: 32),
    ]
  }

  @Test(arguments: Shape.all)
  func `the largest output is among the candidates, and bounds hold`(shape: Shape) throws {
    var random = SeededRandom(seed: shape.n + shape.rows)
    let weight = random.floats(shape.n * shape.k)
    // A few inputs are far larger than the rest, as in language models.
    let x = random.floats(shape.rows * shape.k).enumerated().map { $0 % 97 == 3 ? 20 * $1 : $1 }
    let found = try #require(Screened(x, weight, shape).found)
    for row in 0..<shape.rows {
      let products = (0..<shape.n).map { product(x, row, weight, $0, shape.k) }
      let largest = products.max() ?? 0
      #expect(Double(found[row].floor) <= largest)
      #expect(!found[row].isIncomplete)
      for (output, product) in products.enumerated() {
        if let ceiling = found[row].ceilings[output] {
          #expect(product <= Double(ceiling))
        } else {
          #expect(product < Double(found[row].floor), "row \(row), output \(output)")
        }
      }
    }
    // Bounds that hold by being useless would find everything.
    if shape.n >= 333 {
      let count = found.reduce(0) { $0 + $1.ceilings.count }
      #expect(count < shape.rows * shape.n / 5, "\(count) candidates")
    }
  }

  @Test func `an output that is passed over does not raise the floor`() throws {
    let shape = Shape(n: 200, k: 64, rows: 3)
    var random = SeededRandom(seed: 3)
    let weight = random.floats(shape.n * shape.k)
    let x = random.floats(shape.rows * shape.k)
    let largest = (0..<3).map { row in
      (0..<shape.n).max {
        product(x, row, weight, $0, shape.k) < product(x, row, weight, $1, shape.k)
      } ?? 0
    }
    let passed = largest.map { output in
      var bits = [UInt16](repeating: 0, count: (shape.n + 15) / 16)
      bits[output / 16] = 1 << UInt16(output % 16)
      return bits
    }
    let found = try #require(Screened(x, weight, shape, passed: passed).found)
    for row in 0..<3 {
      let others = (0..<shape.n).filter { $0 != largest[row] }
        .map { ($0, product(x, row, weight, $0, shape.k)) }
      let second = others.max { $0.1 < $1.1 } ?? (0, 0)
      #expect(Double(found[row].floor) <= second.1)
      #expect(found[row].ceilings[second.0] != nil)
      #expect(found[row].ceilings[largest[row]] != nil)
    }
  }

  @Test func `more candidates than there is room for are counted as such`() throws {
    let shape = Shape(n: Int(CK_CANDIDATES) + 1, k: 64, rows: 1)
    let weight = [Float](repeating: 0.5, count: shape.n * shape.k)
    let x = [Float](repeating: 1, count: shape.k)
    let found = try #require(Screened(x, weight, shape).found)
    #expect(found[0].isIncomplete)
    let fitting = Shape(n: Int(CK_CANDIDATES), k: 64, rows: 1)
    let all = try #require(Screened(x, weight, fitting).found)
    #expect(!all[0].isIncomplete && all[0].ceilings.count == fitting.n)
  }

  /// Squares of these numbers are nothing in float32.
  @Test func `bounds hold for numbers whose squares vanish`() throws {
    let shape = Shape(n: 2, k: 64, rows: 1)
    var weight = [Float](repeating: 0.7e-25, count: 64) + [Float](repeating: 3.4e-25, count: 64)
    weight[0] = 2e-23
    let x = [Float](repeating: 1, count: 64)
    let products = (0..<2).map { product(x, 0, weight, $0, 64) }
    #expect(products[0] > products[1])
    let found = try #require(Screened(x, weight, shape).found)
    #expect(found[0].ceilings[0].map { Double($0) >= products[0] } == true)
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity, 3e38])
  func `numbers that have no length are refused`(bad: Float) {
    let shape = Shape(n: 64, k: 64, rows: 2)
    var weight = [Float](repeating: 1, count: shape.n * shape.k)
    var x = [Float](repeating: 1, count: shape.rows * shape.k)
    #expect(Screened(x, weight, shape).found != nil)
    x[100] = bad
    #expect(Screened(x, weight, shape).found == nil)
    x[100] = 1
    weight[1000] = bad
    #expect(Screened(x, weight, shape).found == nil)
  }

  private func product(_ x: [Float], _ row: Int, _ w: [Float], _ output: Int, _ k: Int) -> Double {
    (0..<k).reduce(0) { $0 + Double(x[row * k + $1]) * Double(w[output * k + $1]) }
  }
}

/// The kernel's answer for some rows.
private struct Screened {
  struct Row {
    var floor: Float
    /// By output.
    var ceilings: [Int: Float]
    var isIncomplete: Bool
  }

  /// [row]; nil when numbers were refused.
  private(set) var found: [Row]?

  init(_ x: [Float], _ weight: [Float], _ shape: ScreenTests.Shape, passed: [[UInt16]]? = nil) {
    let (n, k, rows) = (shape.n, shape.k, shape.rows)
    let blocks = (n + 31) / 32
    let groups = k / 64
    let room = blocks * 32
    let (bytes, scales) = (Memory<Int8>(room * k), Memory<Float>(room * groups))
    let (offsets, lengths, rests) = (
      Memory<Int32>(room * groups), Memory<Float>(room), Memory<Float>(room)
    )
    var screen = ck_screen(
      n: n, k: k, bytes: bytes.base, scale: scales.base, offset: offsets.base,
      length: lengths.base, rest: rests.base)
    let half = n / 2
    guard ck_screen_pack(&screen, weight, 0, half),
      ck_screen_pack(&screen, Array(weight[(half * k)...]), half, n - half)
    else { return }
    let (rowBytes, rowScales) = (Memory<UInt8>(rows * k), Memory<Float>(rows * groups))
    let (rowLengths, rowRests) = (Memory<Float>(rows), Memory<Float>(rows))
    var target = ck_screen_rows(
      bytes: rowBytes.base, scale: rowScales.base, length: rowLengths.base, rest: rowRests.base)
    guard ck_screen_rows_from(x, false, rows, k, &target) else { return }
    let candidates = Memory<ck_candidates>(rows)
    for row in 0..<rows { ck_forget_candidates(candidates.base + row) }
    let bits = passed.map { sets in
      sets.map { set in
        let memory = Memory<UInt16>(set.count)
        memory.base.update(from: set, count: set.count)
        return memory
      }
    }
    let pointers = bits.map { $0.map { UnsafePointer($0.base) as UnsafePointer<UInt16>? } }
    // In two parts, as workers would share it.
    for part in [0..<blocks / 2, blocks / 2..<blocks] {
      _ = ck_screen_find(
        &screen, &target, rows, part.lowerBound, part.upperBound, pointers, candidates.base)
    }
    found = (0..<rows).map { Self.row(candidates.base + $0) }
    withExtendedLifetime((bytes, scales, offsets, lengths, rests)) {}
    withExtendedLifetime((rowBytes, rowScales, rowLengths, rowRests, candidates, bits)) {}
  }

  private static func row(_ found: UnsafeMutablePointer<ck_candidates>) -> Row {
    ck_drop_candidates(found)
    let isIncomplete = found.pointee.count > CK_CANDIDATES
    var ceilings: [Int: Float] = [:]
    withUnsafeBytes(of: &found.pointee.output) { outputs in
      withUnsafeBytes(of: &found.pointee.ceiling) { values in
        for place in 0..<min(found.pointee.count, Int(CK_CANDIDATES)) {
          let output = outputs.load(fromByteOffset: 4 * place, as: Int32.self)
          ceilings[Int(output)] = values.load(fromByteOffset: 4 * place, as: Float.self)
        }
      }
    }
    return Row(floor: found.pointee.floor, ceilings: ceilings, isIncomplete: isIncomplete)
  }
}

/// Zeroed memory for a kernel.
private final class Memory<Element> {
  let base: UnsafeMutablePointer<Element>

  init(_ count: Int) {
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Element>.stride, alignment: 64)
    memset(raw, 0, max(count, 1) * MemoryLayout<Element>.stride)
    base = raw.bindMemory(to: Element.self, capacity: max(count, 1))
  }

  deinit { base.deallocate() }
}
