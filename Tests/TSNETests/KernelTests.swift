import CKernels
import Numerics
import TSNE
import Testing

/// The loops in C against their plain references.
@Suite struct KernelTests {
  private func random(_ count: Int, seed: UInt64) -> [Float] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in Float(8 * random.unitInterval() - 4) }
  }

  private func worst(_ found: [Float], _ expected: [Float]) -> Double {
    let scale = Double(expected.map(abs).max() ?? 0)
    return zip(found, expected).map { abs(Double($0) - Double($1)) / scale }.max() ?? .infinity
  }

  @Test(arguments: [1, 4, 5, 7])
  func distancesOfAnyNumberOfQueries(queries: Int) {
    let (width, panels) = (37, 3)
    let rows = random(queries * width, seed: 1)
    let points = random(panels * 32 * width, seed: 2)
    var found = [Float](repeating: 0, count: queries * panels * 32)
    var expected = found
    ck_squared_distances(rows, queries, points, panels, width, &found)
    ck_squared_distances_plain(rows, queries, points, panels, width, &expected)
    #expect(worst(found, expected) < 1e-6)
  }

  @Test func forcesOfADenseAndOfASparseMatrix() {
    let (count, padded) = (45, 48)
    let far = [Float](repeating: 1e18, count: padded - count)
    let (x, y) = (random(count, seed: 3) + far, random(count, seed: 4) + far)
    let p = random(count * padded, seed: 5).enumerated().map { place, value in
      place % padded < count ? abs(value) : 0
    }
    func dense(
      _ rows: (UnsafePointer<ck_dense_forces>, Int, Int) -> Void
    ) -> [[Float]] {
      let results = (0..<5).map { _ in Memory<Float>(count, 0) }
      x.withUnsafeBufferPointer { x in
        y.withUnsafeBufferPointer { y in
          p.withUnsafeBufferPointer { p in
            var forces = ck_dense_forces(
              x: x.baseAddress, y: y.baseAddress, padded: padded, p: p.baseAddress,
              attraction_x: results[0].base, attraction_y: results[1].base,
              repulsion_x: results[2].base, repulsion_y: results[3].base,
              normaliser: results[4].base)
            rows(&forces, 0, count)
          }
        }
      }
      return results.map { result in (0..<count).map { result[$0] } }
    }
    let expected = dense(ck_dense_rows_plain)
    for (found, expected) in zip(dense(ck_dense_rows), expected) {
      #expect(worst(found, expected) < 2e-6)
    }
    let offset = (0...count).map { $0 * count }
    let column = (0..<count).flatMap { _ in (0..<count).map(UInt32.init) }
    let entries = (0..<count).flatMap { row in p[row * padded..<row * padded + count] }
    for rows in [ck_sparse_attraction, ck_sparse_attraction_plain] {
      var (sparseX, sparseY) = (x, y)
      rows(x, y, offset, column, entries, 0, count, &sparseX, &sparseY)
      #expect(worst(Array(sparseX[..<count]), expected[0]) < 2e-6)
      #expect(worst(Array(sparseY[..<count]), expected[1]) < 2e-6)
    }
  }

  @Test func aPointAloneFeelsItsOwnPotentialOnly() {
    let size = 12
    var grid = ck_grid(x0: 0, y0: 0, inverse_step: 2, stride: size)
    let (x, y) = ([2.61 as Float], [1.93 as Float])
    var nodes = [Float](repeating: 0, count: size * size)
    ck_spread(&grid, x, y, 1, &nodes)
    #expect(abs(nodes.reduce(0, +) - 1) < 1e-6)
    func kernel(_ rows: Int, _ columns: Int) -> Float {
      1 / (1 + Float(rows * rows + columns * columns) / 4)
    }
    let felt = (0..<size * size).map { target in
      (0..<size * size).reduce(0 as Float) { sum, source in
        sum + nodes[source]
          * kernel(target / size - source / size, target % size - source % size)
      }
    }
    var (found, own): ([Float], [Float]) = ([0], [0])
    ck_interpolate(&grid, felt, x, y, 1, &found)
    ck_own_potential(&grid, (0..<16).map { kernel($0 / 4, $0 % 4) }, x, y, 1, &own)
    #expect(abs(found[0] - own[0]) < 1e-5 && abs(own[0] - 1) < 0.1)
  }
}
