/// The number format of the inputs of matrix products.
///
/// Beside bf16, keys and values are float16. Sums and the residual stream are float32 either way.
public enum Precision: String, CaseIterable, Sendable, CustomStringConvertible {
  case f32
  case bf16

  public var description: String { rawValue }

  var byteCount: Int {
    switch self {
    case .f32: 4
    case .bf16: 2
    }
  }
}
