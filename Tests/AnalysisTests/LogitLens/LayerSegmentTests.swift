import Analysis
import Testing

@Suite("The segments of a model's layers")
struct LayerSegmentTests {
  @Test("32 layers are cut as in the paper, others in proportion")
  func cuts() {
    func cut(_ nLayers: Int) -> [Range<Int>] {
      LayerSegment.allCases.map { $0.layers(of: nLayers) }
    }
    #expect(cut(32) == [0..<10, 10..<21, 21..<32])
    #expect(cut(30) == [0..<9, 9..<20, 20..<30])
    #expect(cut(40) == [0..<13, 13..<26, 26..<40])
    #expect(cut(2) == [0..<1, 1..<1, 1..<2])
  }

  @Test("Every layer is in one segment", arguments: 1...100)
  func partition(nLayers: Int) {
    #expect(LayerSegment.allCases.flatMap { $0.layers(of: nLayers) } == Array(0..<nLayers))
  }
}
