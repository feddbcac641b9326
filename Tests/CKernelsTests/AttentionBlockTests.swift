import CKernels
import Testing

/// Queries that follow one another in a segment are done in blocks, which nobody may notice.
@Suite struct AttentionBlockTests {
  static let shapes = [(1, 1), (2, 2), (2, 1), (3, 1), (8, 2), (5, 1), (8, 1), (13, 1)].flatMap {
    heads in
    [16, 64, 80, 128].map { HeadShape(heads: heads.0, kvHeads: heads.1, dHead: $0) }
  }

  /// Long branches, so that blocks are full, and short ones behind forks.
  static func tree(rows: Int, using random: inout SeededRandom) -> RowTree {
    RowTree(
      parents: (0..<rows).map { row in
        switch Int.random(in: 0..<60, using: &random) {
        case _ where row == 0: -1
        case 0: -1
        case 1, 2, 3: Int.random(in: 0..<row, using: &random)
        default: row - 1
        }
      })
  }

  static func input(
    _ shape: HeadShape, rows: Int, readsFloat16: Bool
  ) -> (AttentionInput, CutTree, SeededRandom) {
    var random = SeededRandom(seed: shape.heads * 1000 + shape.kvHeads * 100 + shape.dHead)
    let tree = tree(rows: rows, using: &random)
    var input = AttentionInput(shape, rows: rows, using: &random)
    input.readsFloat16 = readsFloat16
    return (input, tree.cut { false }, random)
  }

  @Test(arguments: shapes, [false, true])
  func `a block gives each query the bits that it has alone`(
    shape: HeadShape, readsFloat16: Bool
  ) {
    var (input, cut, random) = Self.input(shape, rows: 260, readsFloat16: readsFloat16)
    let all = [Int32](0..<260)
    // With gaps the same queries fall into other blocks.
    let some = all.filter { _ in Int.random(in: 0..<9, using: &random) > 0 }
    let width = shape.heads * shape.dHead
    for (window, softcap) in [(0, 0), (0, 2), (1, 0), (5, 0), (16, 2), (17, 0), (100, 0)] {
      input.window = window
      input.softcap = Float(softcap)
      let alone = input.attendAlone(all, cut).map(\.bitPattern)
      for queries in [all, some] {
        let together = input.attend(queries, cut).map(\.bitPattern)
        let wrong = queries.indices.filter { place in
          let row = Int(queries[place])
          return together[place * width..<(place + 1) * width]
            != alone[row * width..<(row + 1) * width]
        }
        let rows = wrong.map { queries[$0] }
        #expect(rows.isEmpty, "window \(window), cap \(softcap): rows \(rows)")
      }
    }
  }

  /// More positions than keys or values are laid out at a time.
  @Test(arguments: [HeadShape(heads: 3, kvHeads: 1, dHead: 64)], [0, 300])
  func `a long context gives the same bits in blocks, and the numbers of the plain kernel`(
    shape: HeadShape, window: Int
  ) {
    let rows = 700
    var random = SeededRandom(seed: window)
    let chain = RowTree(parents: (0..<rows).map { $0 - 1 }).cut { false }
    var input = AttentionInput(shape, rows: rows, using: &random)
    input.window = window
    let queries = [Int32](0..<Int32(rows))
    let together = input.attend(queries, chain)
    let width = shape.heads * shape.dHead
    #expect(together.map(\.bitPattern) == input.attendAlone(queries, chain).map(\.bitPattern))
    var worst = WorstElement()
    for row in stride(from: 5, to: rows, by: 90) {
      for head in 0..<shape.heads {
        let dense = DenseAttention(input, row: row, head: head, sequence: Array(0...row))
        for d in 0..<shape.dHead {
          worst.note(
            "row \(row) head \(head) column \(d)",
            together[row * width + head * shape.dHead + d], dense.mixed[d],
            within: dense.allowed[d])
        }
      }
    }
    #expect(worst.ratio <= 1, "\(worst)")
  }

  @Test(arguments: [16, 64]) func `a block keeps NaN from the queries that do not see it`(
    dHead: Int
  ) {
    let (rows, bad) = (90, 40)
    var random = SeededRandom(seed: dHead)
    let shape = HeadShape(heads: 3, kvHeads: 1, dHead: dHead)
    let chain = RowTree(parents: (0..<rows).map { $0 - 1 }).cut { false }
    let clean = AttentionInput(shape, rows: rows, using: &random)
    let width = shape.heads * dHead
    for (window, seen) in [(0, bad..<rows), (7, bad..<bad + 7)] {
      // The first column of the key, and of the value.
      for column in [width, width + dHead] {
        var input = clean
        input.window = window
        input.qkv[bad * input.stride + column] = .nan
        let out = input.attend([Int32](0..<Int32(rows)), chain)
        let reached = (0..<rows).filter { row in
          out[row * width..<(row + 1) * width].contains { $0.isNaN }
        }
        #expect(reached == Array(seen), "window \(window), column \(column)")
      }
    }
  }
}
