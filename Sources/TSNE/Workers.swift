import Dispatch
import Synchronization

/// The cores that share loops over tiles of a fixed size, so that no sum depends on their number.
package struct Workers: Sendable {
  package let count: Int

  package init(count: Int) { self.count = count }

  /// Calls `body` for every tile of `0..<count`; calls with one lane do not overlap.
  package func forEachTile(
    of count: Int, size: Int, _ body: @Sendable (_ lane: Int, _ tile: Range<Int>) -> Void
  ) {
    let lanes = min(self.count, (count + size - 1) / size)
    guard lanes > 1 else {
      for start in stride(from: 0, to: count, by: size) {
        body(0, start..<min(start + size, count))
      }
      return
    }
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: lanes) { lane in
      while case let start = next.add(size, ordering: .relaxed).oldValue, start < count {
        body(lane, start..<min(start + size, count))
      }
    }
  }
}
