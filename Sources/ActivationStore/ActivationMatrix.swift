/// Activation vectors as a row-major matrix of single-precision numbers.
public struct ActivationMatrix: Equatable, Sendable {
  /// The number of vectors.
  public let rows: Int
  /// The length of a vector: d_model, or d_vocab for logits.
  public let columns: Int
  /// The numbers, `[row, column]`.
  public let values: [Float]

  /// One vector.
  public subscript(row row: Int) -> ArraySlice<Float> {
    values[row * columns..<(row + 1) * columns]
  }
}
