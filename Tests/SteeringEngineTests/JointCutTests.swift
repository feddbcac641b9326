import SteeringEngine
import Testing

/// Every output of every row is computed once, by workers with equal work.
@Suite struct JointCutTests {
  @Test(arguments: [1, 5, 6, 7, 29, 64], [1, 2, 9, 15, 48])
  func `pieces cover the product once`(rows: Int, blocks: Int) {
    let cut = JointCut(rows: rows, blocks: blocks)
    for workers in 1...5 {
      var computed = [Int](repeating: 0, count: rows * blocks)
      let step = (cut.count + workers - 1) / workers
      for start in stride(from: 0, to: cut.count, by: step) {
        for piece in cut.pieces(start..<min(start + step, cut.count)) {
          for row in piece.rows {
            for block in piece.blocks { computed[row * blocks + block] += 1 }
          }
        }
      }
      #expect(computed.allSatisfy { $0 == 1 }, "\(workers) workers")
    }
  }

  @Test func `an odd block is halved`() {
    let cut = JointCut(rows: 60, blocks: 9)
    #expect(
      cut.pieces(0..<45) == [
        JointCut.Piece(rows: 0..<60, blocks: 0..<4), JointCut.Piece(rows: 0..<30, blocks: 4..<5),
      ])
    #expect(
      cut.pieces(45..<90) == [
        JointCut.Piece(rows: 30..<60, blocks: 4..<5), JointCut.Piece(rows: 0..<60, blocks: 5..<9),
      ])
  }
}
