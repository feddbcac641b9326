import Workers

/// Rows in main memory, zeroed, aligned to 64 bytes, with room for a whole last tile.
///
/// Element access is the kernels' business: they write disjoint rows from several threads.
final class CPUMatrix: @unchecked Sendable {
  let rows: Int
  let columns: Int
  /// The number format of the elements.
  let format: NumberFormat
  private let memory: AlignedMemory

  init(rows: Int, columns: Int, format: NumberFormat) throws(EngineError) {
    let paddedRows = (rows + CPUBackend.tileRows) / CPUBackend.tileRows * CPUBackend.tileRows
    let bytes = paddedRows * columns * format.byteCount
    self.rows = rows
    self.columns = columns
    self.format = format
    memory = try AlignedMemory(byteCount: bytes, zeroed: true, purpose: "activations")
  }

  /// The address of the first element of `row`, in float32 storage.
  func floats(at row: Int) -> UnsafeMutablePointer<Float> {
    assert(format == .f32)
    return (memory.base + row * columns * 4).assumingMemoryBound(to: Float.self)
  }

  /// The address of an element, whatever the format.
  func address(at row: Int, column: Int = 0) -> UnsafeMutableRawPointer {
    memory.base + (row * columns + column) * format.byteCount
  }
}

extension Rows where Matrix == CPUMatrix {
  var floats: UnsafeMutablePointer<Float> { matrix.floats(at: range.lowerBound) }
  var address: UnsafeMutableRawPointer { matrix.address(at: range.lowerBound) }
}

/// How numbers are stored.
enum NumberFormat: Sendable {
  case f32
  case bf16
  /// Of keys and values beside bf16 products: as short, and 8 times as fine.
  case f16

  /// Of what feeds matrix products.
  init(_ precision: Precision) {
    self = precision == .bf16 ? .bf16 : .f32
  }

  var byteCount: Int { self == .f32 ? 4 : 2 }
}
