import Numerics
import Testing

@Suite("Where a partitioned collection turns")
struct PartitioningTests {
  @Test("the first element that the predicate holds for, at any place and length")
  func firstPlace() {
    for count in 0...9 {
      for turn in 0...count {
        let numbers = Array(0..<count)
        #expect(numbers.partitioningIndex(where: { $0 >= turn }) == turn)
        let slice = (Array(repeating: -1, count: 3) + numbers)[3...]
        #expect(slice.partitioningIndex(where: { $0 >= turn }) == 3 + turn)
      }
    }
  }

  @Test("of equal elements the first")
  func equals() {
    #expect([1, 2, 2, 2, 3].partitioningIndex(where: { $0 >= 2 }) == 1)
  }
}
