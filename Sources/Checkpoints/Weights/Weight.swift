/// A weight in the engine's arrangement, however the file stores it: `[outputs, inputs]` float32.
///
/// A vector is `[1, width]`. Rows come in the order that ``BlockTensor`` documents.
public protocol Weight: Sendable {
  var outputs: Int { get }
  var inputs: Int { get }
  /// Writes rows as float32, row by row, into `output`, which has exactly the room they need.
  func unpackRows(
    _ rows: Range<Int>, into output: UnsafeMutableBufferPointer<Float>
  ) throws(CheckpointError)
  /// How the file stores each output, as a row of whole blocks of this type.
  ///
  /// Nil where an output is no such row there: adapted and transposed weights, and vectors.
  var rowType: TensorType? { get }
  /// Copies rows as the file has them, row by row, into `output`.
  ///
  /// A row is `rowType.bytesPerRow(of: inputs)` bytes, and `output` has exactly the room they need.
  /// Throws when there is no `rowType`.
  func readRows(
    _ rows: Range<Int>, into output: UnsafeMutableRawBufferPointer
  ) throws(CheckpointError)
  /// The error for a number of output `row` that is NaN or infinite.
  func damage(inRow row: Int) -> CheckpointError
}

extension Weight {
  /// No row of the weight is stored as such.
  public var rowType: TensorType? { nil }

  /// Refuses, as a weight without ``rowType`` has no rows in a file.
  public func readRows(
    _ rows: Range<Int>, into output: UnsafeMutableRawBufferPointer
  ) throws(CheckpointError) {
    throw .noStoredRows(outputs: outputs, inputs: inputs)
  }
}
