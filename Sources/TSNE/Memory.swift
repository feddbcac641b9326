import Workers

/// Numbers in memory aligned to 64 bytes; tasks that share it write to places of their own.
package struct Memory<Element: BitwiseCopyable>: @unchecked Sendable {
  package let base: UnsafeMutablePointer<Element>
  package let count: Int
  private let owner: AlignedMemory

  /// Ends the program where there is no memory, as arrays do.
  package init(_ count: Int, _ value: Element) {
    self.count = count
    let bytes = max(count, 1) * MemoryLayout<Element>.stride
    do throws(OutOfMemory) {
      owner = try AlignedMemory(byteCount: bytes, zeroed: false)
    } catch {
      fatalError("there is no memory for t-SNE (\(error.bytes) bytes)")
    }
    base = owner.base.bindMemory(to: Element.self, capacity: max(count, 1))
    base.initialize(repeating: value, count: count)
  }

  package init(_ values: [Element], filledTo count: Int, _ value: Element) {
    self.init(count, value)
    base.update(from: values, count: values.count)
  }

  package subscript(_ index: Int) -> Element {
    get { base[index] }
    nonmutating set { base[index] = newValue }
  }
}
