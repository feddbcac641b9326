/// Numbers in memory aligned to 64 bytes; tasks that share it write to places of their own.
package final class Memory<Element: BitwiseCopyable>: @unchecked Sendable {
  package let base: UnsafeMutablePointer<Element>
  package let count: Int

  package init(_ count: Int, _ value: Element) {
    self.count = count
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Element>.stride, alignment: 64)
    base = bytes.bindMemory(to: Element.self, capacity: max(count, 1))
    base.initialize(repeating: value, count: count)
  }

  package convenience init(_ values: [Element], filledTo count: Int, _ value: Element) {
    self.init(count, value)
    base.update(from: values, count: values.count)
  }

  deinit { UnsafeMutableRawPointer(base).deallocate() }

  package subscript(_ index: Int) -> Element {
    get { base[index] }
    set { base[index] = newValue }
  }
}
