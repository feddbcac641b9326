import Foundation
import TSNE
import Testing

@Suite struct AlignmentTests {
  private let layout = (0..<60).map { Double($0 * $0 % 23) - Double($0 % 7) }

  @Test(arguments: [false, true])
  func aTurnAndAMirrorAreUndone(mirrored: Bool) {
    let turned = stride(from: 0, to: 60, by: 2).flatMap { point in
      let (x, y) = (layout[point], mirrored ? -layout[point + 1] : layout[point + 1])
      return [x * cos(2) - y * sin(2) + 5, x * sin(2) + y * cos(2) - 9]
    }
    #expect(relativeError(Alignment.aligned(turned, to: layout), layout) < 1e-14)
  }

  @Test func theSizeIsKept() {
    let found = Alignment.aligned(layout.map { 3 * $0 }, to: layout)
    let size = { (values: [Double]) in squared(values, 2, 3, 17) }
    #expect(abs(size(found) / size(layout) - 9) < 1e-12)
  }
}
