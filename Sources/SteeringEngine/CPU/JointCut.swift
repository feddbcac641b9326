import CKernels

/// A product of few rows, cut into units of equal work: groups of rows by blocks of outputs.
///
/// Workers take equal runs of units, block after block and group after group, so that an odd block is
/// halved between two of them.
package struct JointCut {
  /// Blocks of outputs, for some of the rows.
  package struct Piece: Equatable {
    package var rows: Range<Int>
    package var blocks: Range<Int>

    package init(rows: Range<Int>, blocks: Range<Int>) {
      (self.rows, self.blocks) = (rows, blocks)
    }
  }

  private let rows: Int
  private let groups: Int
  /// The units of the whole product.
  package let count: Int

  package init(rows: Int, blocks: Int) {
    self.rows = rows
    groups = (rows + Int(CK_ROW_GROUP) - 1) / Int(CK_ROW_GROUP)
    count = groups * blocks
  }

  /// A run of units as whole blocks, with what it has of the block before and after them.
  package func pieces(_ units: Range<Int>) -> [Piece] {
    let (first, firstGroup) = units.lowerBound.quotientAndRemainder(dividingBy: groups)
    let (last, lastGroup) = units.upperBound.quotientAndRemainder(dividingBy: groups)
    guard first < last else {
      return [piece(firstGroup..<lastGroup, blocks: first..<first + 1)].filter { !$0.isEmpty }
    }
    let whole = firstGroup == 0 ? first : first + 1
    return [
      piece(firstGroup..<groups, blocks: first..<whole),
      piece(0..<groups, blocks: whole..<last),
      piece(0..<lastGroup, blocks: last..<last + 1),
    ].filter { !$0.isEmpty }
  }

  private func piece(_ groups: Range<Int>, blocks: Range<Int>) -> Piece {
    let height = Int(CK_ROW_GROUP)
    return Piece(
      rows: groups.lowerBound * height..<min(groups.upperBound * height, rows), blocks: blocks)
  }
}

extension JointCut.Piece {
  fileprivate var isEmpty: Bool { rows.isEmpty || blocks.isEmpty }
}
