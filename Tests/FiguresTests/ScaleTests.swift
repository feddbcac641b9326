import Figures
import Testing

@Suite("Scales")
struct ScaleTests {
  @Test("Ticks are round and inside the range")
  func ticks() {
    #expect(Scale.ticks(in: 0...1, count: 5) == [0, 0.2, 0.4, 0.6000000000000001, 0.8, 1])
    #expect(Scale.ticks(in: -7...28, count: 4) == [0, 10, 20])
    #expect(Scale.ticks(in: 0.911...0.929, count: 4).count == 3)
    #expect(Scale.ticks(in: 0.1...0.2, count: 1) == [0.1, 0.2])
  }

  @Test("Texts of ticks have as many decimals as the ticks are apart")
  func texts() {
    #expect(Scale.texts(of: [0, 0.2, 0.4, 0.6000000000000001]) == ["0.0", "0.2", "0.4", "0.6"])
    #expect(Scale.texts(of: [-10, 0, 10]) == ["−10", "0", "10"])
    #expect(Scale.texts(of: [0.91, 0.915]) == ["0.910", "0.915"])
  }

  @Test("A range of one value has a width")
  func constant() {
    for value in [0.0, 3, -1e9] {
      let domain = Scale.domain(of: [value])
      #expect(domain.lowerBound < value && value < domain.upperBound)
    }
  }
}
