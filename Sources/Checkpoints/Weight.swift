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
  /// Gives the memory behind this weight back to the system; it can still be unpacked again.
  func release()
}
